"""The commune's report: what it stands on: how good the data are, and what it was built from."""

from collections.abc import Mapping

from campaign_lib.analysis.quality import coverage, unknown_answers
from campaign_lib.codebook import codebook
from campaign_lib.intake.problem_list import told
from campaign_lib.show.display import Passage, listing, paragraph
from campaign_lib.show.tables.context import facts_table
from campaign_lib.show.tables.labels import question_label
from campaign_lib.store.slices import Fingerprints
from campaign_lib.stories.commune.story import CommuneStory

_MOST = 3


class FootingSection(CommuneStory):
    """Data quality in three lines, and the facts behind the report."""

    def quality(self) -> Passage:
        """Who was asked, what is unknown, what was wrong with the files: a line for each."""
        lines = [self._coverage(), self._unknowns(), self._problems()]
        return self.section("quality", listing(lines), paragraph(self.text("quality.more")))

    def _coverage(self) -> str:
        cohort = self.data.cohort
        inside, asked = coverage(cohort, cohort["lives_here_now"])
        missing = cohort.loc[~cohort["surveyed"], "village"].astype("str").value_counts()
        if missing.empty:
            return self.text("quality.all_asked", inside=inside)
        names = (
            self.text("quality.in_village", village=self.data.names[str(code)], count=int(count))
            for code, count in missing.head(_MOST).items()
        )
        return self.text(
            "quality.asked",
            asked=asked,
            inside=inside,
            missing=inside - asked,
            villages=self.words.listed(names),
        )

    def _unknowns(self) -> str:
        cohort = self.data.cohort
        questions = [
            column
            for column in codebook().tables["survey"].questions
            if column.code in self.data.asked
        ]
        unknown = unknown_answers(cohort, cohort["lives_here_now"], questions)
        if unknown.empty:
            return self.text("quality.none_unknown")
        worst = (
            self.text(
                "quality.question",
                question=question_label(str(line.question), self.words),
                count=line.unknown,
                asked=line.asked,
            )
            for line in unknown.head(_MOST).itertuples(index=False)
        )
        total = int(unknown["unknown"].sum())
        return self.text(
            "quality.unknown",
            count=total,
            questions=len(unknown),
            worst=self.words.listed(worst),
        )

    def _problems(self) -> str:
        problems = self.data.processed.rows("problems", {"quarter": [self.data.code, ""]})
        if problems.empty:
            return self.text("quality.no_problems")
        kinds = problems["action"].value_counts()
        said = (
            self.text(
                "quality.action", action=told(str(action), self.words.language), count=int(count)
            )
            for action, count in kinds.items()
        )
        return self.text("quality.problems", count=len(problems), actions=self.words.listed(said))

    def built_from(self) -> Passage:
        """The exact dates of the quarter, and what the report was built from."""
        names = ("first_day", "last_day", "baseline", "later_date")
        label = {name: self.words(f"village_report.built.{name}") for name in names}
        facts = {label[name]: self.words.date(self.data.days[name]) for name in names}
        manifest = self.data.processed.manifest
        packages: Mapping[str, str] = manifest["packages"]
        facts |= {
            self.words("village_report.built.code"): f"campaign_lib {manifest['code_version']}",
            self.words("village_report.built.packages"): ", ".join(
                f"{name} {version}" for name, version in packages.items()
            ),
            **self._checksum(),
        }
        caption = self.words("village_report.built.caption")
        return self.section("built", facts_table(caption, facts, self.words))

    def _checksum(self) -> Mapping[str, str]:
        """Give one hash of all rows that this quarter is told from."""
        checksum, _ = Fingerprints(self.data.processed).quarters[self.data.code]
        return {self.text("built.data"): checksum}
