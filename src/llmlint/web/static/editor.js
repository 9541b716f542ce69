// The text with its line numbers, and marks under what findings speak of. Positions count code points, from 1.

const SIGNS = { error: "●", warning: "▲", info: "■" };
const WEIGHTS = ["error", "warning", "info"];

export class Editor {
  constructor(area, gutter, backdrop) {
    this.area = area;
    this.gutter = gutter;
    this.backdrop = backdrop;
    this.marks = [];
    area.addEventListener("scroll", () => this.follow());
  }

  get text() {
    return this.area.value;
  }

  /** Another text, in a way that can be undone where the browser knows one. */
  replace(text) {
    this.area.focus();
    this.area.select();
    if (text === "" || !document.execCommand("insertText", false, text)) this.area.value = text;
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = 0;
    this.area.dispatchEvent(new Event("input"));
  }

  /** Show these marks, or those of before over a text that has changed since. */
  draw(marks = this.marks) {
    this.marks = marks;
    const lines = this.text.split("\n");
    const heaviest = new Map();
    for (const mark of marks) {
      const old = heaviest.get(mark.line);
      const severity = old && WEIGHTS.indexOf(old.severity) <= WEIGHTS.indexOf(mark.severity) ? old.severity : mark.severity;
      heaviest.set(mark.line, { severity, words: [...(old ? old.words : []), mark.words] });
    }
    this.gutter.replaceChildren(...lines.map((_, index) => numbered(index + 1, heaviest.get(index + 1))));
    this.backdrop.replaceChildren(...lines.flatMap((line, index) => [...underlined(line, stretches(line, index + 1, marks)), "\n"]));
    this.follow();
  }

  follow() {
    this.gutter.scrollTop = this.backdrop.scrollTop = this.area.scrollTop;
    this.backdrop.scrollLeft = this.area.scrollLeft;
  }

  /** Put the cursor where a finding is, and show it. */
  go(mark) {
    const lines = this.text.split("\n");
    const before = lines.slice(0, mark.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    const line = lines[mark.line - 1] ?? "";
    const last = mark.end_line === mark.line ? mark.end_column : Infinity;
    this.area.focus();
    this.area.setSelectionRange(before + units(line, mark.column - 1), before + units(line, last - 1));
    const height = this.area.scrollHeight / Math.max(lines.length, 1);
    this.area.scrollTop = Math.max(0, (mark.line - 4) * height);
  }
}

function numbered(number, found) {
  const row = document.createElement("div");
  row.textContent = `${found ? `${SIGNS[found.severity]} ` : ""}${number}`;
  if (found) {
    row.className = found.severity;
    row.title = found.words.join("\n");
  }
  return row;
}

/** How many of a string's own units so many code points are. */
function units(line, points) {
  let unit = 0;
  for (let point = 0; point < points && unit < line.length; point += 1) unit += line.codePointAt(unit) > 0xffff ? 2 : 1;
  return unit;
}

/** The marked stretches of a line, none within another: the heavier ones first. */
function stretches(line, number, marks) {
  const found = [];
  for (const severity of WEIGHTS) {
    for (const mark of marks) {
      if (mark.severity !== severity || number < mark.line || number > mark.end_line) continue;
      const start = number === mark.line ? units(line, mark.column - 1) : line.length - line.trimStart().length;
      const end = number === mark.end_line ? units(line, mark.end_column - 1) : line.trimEnd().length;
      if (end > start && found.every((one) => end <= one.start || start >= one.end)) found.push({ start, end, severity });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}

function underlined(line, parts) {
  const nodes = [];
  let end = 0;
  for (const part of parts) {
    nodes.push(line.slice(end, part.start));
    const span = document.createElement("span");
    span.className = part.severity;
    span.textContent = line.slice(part.start, part.end);
    nodes.push(span);
    end = part.end;
  }
  nodes.push(line.slice(end));
  return nodes;
}
