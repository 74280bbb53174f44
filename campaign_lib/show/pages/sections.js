// On a phone sections are folded; a link that leads into one opens it, and so does printing.
// Without this script all of them are open.
"use strict";
{
  const sections = [...document.querySelectorAll("details.section")];
  const contents = document.querySelector(".contents > details");
  const folded = () => sections.filter((one) => !one.open);
  let shut = matchMedia("(max-width: 34rem)").matches ? sections : [];

  function show() {
    if (contents) contents.open = matchMedia("(min-width: 82rem)").matches;
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let one = target; one; one = one.parentElement)
      if (one.matches("details")) one.open = true;
    if (target) target.scrollIntoView();
  }

  for (const one of shut) one.open = false;
  show();
  addEventListener("hashchange", show);
  addEventListener("beforeprint", () => {
    shut = folded();
    for (const one of shut) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of shut) one.open = false;
  });
}
