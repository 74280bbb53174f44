// What a command says while it runs, and files that are dropped; the page does without it, too.
"use strict";
const work = document.getElementById("work");
if (work && "running" in work.dataset) {
  const ask = async () => {
    const answer = await fetch("/work").catch(() => null);
    if (!answer || !answer.ok) return;
    const told = await answer.json();
    const last = told.lines.at(-1) ?? "";
    const shown = document.getElementById("last");
    if (shown.textContent !== last) shown.textContent = last;
    document.getElementById("log").textContent = told.lines.join("\n");
    if (told.running) setTimeout(ask, 1000);
    else location.reload();
  };
  setTimeout(ask, 500);
}
const form = document.getElementById("files-form");
const files = document.getElementById("files");
const said = document.getElementById("drop-said");
const tooLarge = () => [...files.files].reduce((sum, file) => sum + file.size, 0) > form.dataset.most;
form.addEventListener("submit", (event) => {
  if (!tooLarge()) return;
  event.preventDefault();
  said.textContent = form.dataset.tooLarge;
  said.setAttribute("role", "alert");
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) form.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  files.files = event.dataTransfer.files;
  form.requestSubmit();
});
