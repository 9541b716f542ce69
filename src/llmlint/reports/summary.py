"""What a run comes to, in numbers."""

from __future__ import annotations

from llmlint.finding import FileResult, Severity
from llmlint.tuples import NamedTuple

TEMPLATE = "a template"
"""How the reason begins for which the source of a template is passed over."""


class Summary(NamedTuple):
    """Counts over all files of a run, whatever of it is shown."""

    files: int = 0
    """Looked at: recognised and passed over."""
    recognised: int = 0
    """Linted, those that are broken included."""
    passed_over: int = 0
    deployments: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    suppressed: int = 0
    """Findings that comments took back."""
    baselined: int = 0
    """Findings that a baseline held back."""
    earlier: int = 0
    """Findings that were there at the revision of --since."""
    stale: int = 0
    """Entries of baselines that count more than was found."""
    not_checked: int = 0
    """Rules that could not be decided for some deployment, each counted once."""
    formats: tuple[tuple[str, int], ...] = ()
    """How many deployments each format has, most first."""
    templates: int = 0
    """Files that were passed over as the sources of templates."""
    remedies: int = 0
    """Findings for which the smallest change was found."""
    unsearched: int = 0
    """Files for which none was looked for."""
    untried: int = 0
    """Files some of whose fixes were not tried, since they are large."""
    fixed: int = 0
    """Findings that this run has mended."""
    fixable: int = 0
    """Findings that --fix would mend."""
    unsafely_fixable: int = 0
    """Findings that it would mend with --unsafe-fixes only."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """Files that should have been linted and could not be read, each with the reason."""
    failure: str = ""
    """What ended the run before all files were linted; empty where nothing did."""

    @property
    def findings(self) -> int:
        """Of every severity."""
        return self.errors + self.warnings + self.infos


class Tally:
    """Adds up the results of a run, file by file."""

    def __init__(self) -> None:
        self._files = self._passed_over = self._deployments = self._suppressed = 0
        self._remedies = self._unsearched = self._untried = 0
        self._found: dict[Severity, int] = {"error": 0, "warning": 0, "info": 0}
        self._undecided: set[str] = set()
        self._formats: dict[str, int] = {}
        self._templates = 0
        self._fixed = self._baselined = self._stale = self._earlier = 0
        self._fixes = {True: 0, False: 0}
        self._unreadable: list[tuple[str, str]] = []

    @property
    def files(self) -> int:
        """How many files there were so far."""
        return self._files

    def add(self, result: FileResult) -> None:
        """Count one file."""
        self._files += 1
        self._passed_over += bool(result.passed_over)
        self._deployments += result.deployments
        self._templates += result.passed_over.startswith(TEMPLATE)
        for name in result.formats:
            self._formats[name] = self._formats.get(name, 0) + 1
        self._suppressed += result.suppressed
        self._baselined += result.baselined
        self._stale += result.stale
        self._earlier += result.earlier
        if result.not_checked:
            self._undecided.update(one.rule for one in result.not_checked)
        for finding in result.findings:
            self._found[finding.severity] += 1
            self._remedies += bool(finding.remedies)
            if finding.fix is not None:
                self._fixes[finding.fix.safe] += 1
        self._unsearched += result.unsearched
        self._untried += result.untried
        self._fixed += result.fixed

    def cannot_read(self, file: str, why: str) -> None:
        """Note a file that there is no result of."""
        self._unreadable.append((file, why))

    def summary(self) -> Summary:
        """The sum so far."""
        return Summary(
            files=self._files,
            recognised=self._files - self._passed_over,
            passed_over=self._passed_over,
            deployments=self._deployments,
            errors=self._found["error"],
            warnings=self._found["warning"],
            infos=self._found["info"],
            suppressed=self._suppressed,
            baselined=self._baselined,
            stale=self._stale,
            earlier=self._earlier,
            not_checked=len(self._undecided),
            formats=tuple(sorted(self._formats.items(), key=lambda one: (-one[1], one[0]))),
            templates=self._templates,
            remedies=self._remedies,
            unsearched=self._unsearched,
            untried=self._untried,
            fixed=self._fixed,
            fixable=self._fixes[True],
            unsafely_fixable=self._fixes[False],
            unreadable=tuple(self._unreadable),
        )
