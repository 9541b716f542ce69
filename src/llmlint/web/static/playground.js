// The page: what is typed is checked after a pause, and findings, sums and machines follow.

import { ask, Superseded } from "./asking.js";
import { Editor } from "./editor.js";
import { parts, Picker } from "./picker.js";
import { packed, unpacked } from "./share.js";

const PAUSE = 200;
const LONGER_PAUSE = 600;

const at = (id) => document.getElementById(id);
const editor = new Editor(at("editor"), at("gutter"), at("backdrop"));
const timers = {};

function later(name, pause, run) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(run, pause);
}

function say(words, failed = false) {
  at("state").textContent = words;
  at("state").classList.toggle("failed", failed);
}

/** Do what asks the server; what is superseded says nothing, what fails is told. */
async function told(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Superseded)) say(error.message, true);
  }
}

const stale = (is) => ["findings", "plans", "fits"].forEach((id) => at(id).classList.toggle("stale", is));

async function check() {
  const answer = await ask("check", { text: editor.text });
  editor.draw(answer.marks);
  // Made by the server, which escapes whatever is not its own; the page's policy runs no script of it.
  at("findings").innerHTML = answer.findings;
  at("plans").innerHTML = answer.plans;
  stale(false);
  say(summary(answer));
}

function summary({ counts, deployments, not_checked: open }) {
  const found = Object.entries(counts)
    .filter(([, number]) => number)
    .map(([severity, number]) => `${number} ${severity}${number > 1 && severity !== "info" ? "s" : ""}`);
  const rest = open.length ? `; ${open.length} rule${open.length > 1 ? "s" : ""} not checked` : "";
  if (!found.length) return deployments ? `All clear${rest}` : "Nothing is recognised as a deployment";
  return found.join(", ") + rest;
}

async function fit() {
  const { deployment, machines } = await ask("fits", { text: editor.text });
  at("fits").replaceChildren(...machines.map(fitting));
  at("fits-note").textContent = !deployment
    ? "There is no deployment to look for a machine for."
    : machines.length
      ? "The smallest machines of the catalogue on which the first deployment would start."
      : "It is not known of any machine of the catalogue that it would start there.";
}

function fitting(machine) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.append(machine.id, parts(machine));
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Use";
  button.setAttribute("aria-label", `Use ${machine.id}`);
  button.addEventListener("click", () => move(machine.id));
  item.append(words, button);
  return item;
}

function move(machine) {
  return told(async () => {
    const answer = await ask("move", { text: editor.text, machine });
    if (answer.text === null) say(answer.why, true);
    else editor.replace(answer.text);
  });
}

function changed() {
  editor.draw();
  stale(true);
  at("changes").replaceChildren();
  later("check", PAUSE, () => told(check));
  later("fits", LONGER_PAUSE, () => told(fit));
}

async function share() {
  const fragment = await packed(editor.text);
  history.replaceState(null, "", fragment);
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied: it holds the text itself, and nothing is stored.");
  } catch {
    say("The address of this page is now the link: copy it from there.");
  }
}

async function suggest() {
  at("suggest").disabled = true;
  await told(async () => {
    at("changes").innerHTML = (await ask("suggest", { text: editor.text })).changes;
  });
  at("suggest").disabled = false;
}

async function load() {
  let refused = "";
  try {
    const text = await unpacked(location.hash);
    if (text !== null) editor.area.value = text;
  } catch (error) {
    refused = `The link cannot be read: ${error.message}.`;
  }
  editor.draw([]);
  await Promise.all([told(check), told(fit)]);
  if (refused) say(refused, true); // last, so that what is found in the text that is there does not take its place
}

editor.area.addEventListener("input", changed);
at("share").addEventListener("click", () => told(share));
at("suggest").addEventListener("click", suggest);
at("findings").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault(); // the fragment is the shared text's
  const articles = [...at("findings").querySelectorAll("article")];
  const mark = editor.marks[articles.indexOf(link.closest("article"))];
  if (mark) editor.go(mark);
});
addEventListener("hashchange", load);
new Picker(at("machine"), at("machines"), move);
load();
