// A field that searches the catalogue's machines as one types, with the keys that such fields have.

import { ask, Superseded } from "./asking.js";

const PAUSE = 200;

export class Picker {
  constructor(field, list, chosen) {
    this.field = field;
    this.list = list;
    this.chosen = chosen;
    this.active = -1;
    field.addEventListener("input", () => this.later());
    field.addEventListener("focus", () => { if (field.value) this.later(); });
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE);
  }

  async search() {
    try {
      const { machines } = await ask("machines", { words: this.field.value });
      this.show(machines);
    } catch (error) {
      if (!(error instanceof Superseded)) this.close();
    }
  }

  show(machines) {
    this.machines = machines;
    this.list.replaceChildren(...machines.map((one, index) => this.option(one, index)));
    this.activate(-1);
    const open = machines.length > 0 && document.activeElement === this.field;
    this.list.hidden = !open;
    this.field.setAttribute("aria-expanded", String(open));
  }

  option(machine, index) {
    const item = document.createElement("li");
    item.id = `machine-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(machine.id, parts(machine));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); this.choose(index); });
    return item;
  }

  key(event) {
    const most = this.list.hidden ? 0 : this.list.children.length;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && most) this.choose(Math.max(this.active, 0));
    else if (event.key === "ArrowDown" && most) this.activate((this.active + 1) % most);
    else if (event.key === "ArrowUp" && most) this.activate(this.active > 0 ? this.active - 1 : most - 1);
    else return;
    event.preventDefault();
  }

  activate(index) {
    this.active = index;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (index < 0) this.field.removeAttribute("aria-activedescendant");
    else {
      this.field.setAttribute("aria-activedescendant", `machine-${index}`);
      this.list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  choose(index) {
    const machine = this.machines[index];
    this.close();
    this.field.value = "";
    this.chosen(machine.id);
  }

  close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }
}

/** GPUs and memory of a machine, below its name. */
export function parts(machine) {
  const words = document.createElement("span");
  words.className = "machine-parts";
  words.textContent = [machine.gpus, machine.ram && `${machine.ram} of RAM`].filter(Boolean).join(", ");
  return words;
}
