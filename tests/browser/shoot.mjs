// Screens of a page: phone and desk, light and dark; each is saved, and judged by axe-core.
import { createRequire } from "node:module";
import { join } from "node:path";

export const WIDTHS = [360, 1280];
export const SCHEMES = ["light", "dark"];

/** Start Chromium as an automated one that reaches for nothing but what a page names. */
export async function launch(settings) {
  const { chromium } = createRequire(join(settings.modules, "package.json"))("playwright-core");
  return chromium.launch({
    executablePath: settings.chromium,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/** A page of that width and colour scheme; what goes wrong in it is kept in `page.faults`. */
export async function open(browser, address, width, colorScheme) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: false });
  const page = await context.newPage();
  page.faults = [];
  page.requests = [];
  page.on("pageerror", (error) => page.faults.push(`script: ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error") page.faults.push(`console: ${message.text()}`); });
  page.on("request", (request) => page.requests.push(request.url()));
  await page.goto(address);
  return page;
}

/** Save the whole page, and check that nothing sticks out at the side. */
export async function shoot(page, settings, name) {
  await page.screenshot({ path: join(settings.shots, `${name}.png`), fullPage: true });
  const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (sticksOut > 0) throw new Error(`${name}: the page is ${sticksOut} px wider than its window`);
}

/** What axe-core finds wrong; it is run in the page's world past its policy, through the debugging protocol. */
export async function accessible(page, settings, name) {
  const { readFileSync } = await import("node:fs");
  const source = readFileSync(createRequire(join(settings.modules, "package.json")).resolve("axe-core/axe.min.js"), "utf-8");
  await page.evaluate(source);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations", "incomplete"] }));
  const words = found.violations.map((one) => `${one.id}: ${one.help} — ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(" | ")}`);
  // Ink of the colour of its ground is no violation to axe-core, but left for people to look at.
  const unseen = found.incomplete.flatMap((one) => one.nodes).filter((node) => node.any.some((check) => check.data?.messageKey === "equalRatio"));
  words.push(...unseen.map((node) => `unseen: ${node.target.join(" ")}`));
  if (words.length) throw new Error(`${name}: axe-core: ${words.join("; ")}`);
  return found.passes?.length ?? 0;
}

/** Throw with these words unless it holds. */
export function expect(holds, words) {
  if (!holds) throw new Error(words);
}

/** Wait until it holds; throw with these words where it does not come to that. */
export async function until(words, holds, patience = 15000) {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not come to this: ${words}`);
}
