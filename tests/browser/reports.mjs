// What pages of findings and plans do without a script.
import { expect } from "./shoot.mjs";

export const reports = {
  "boxes hide severities, by the keyboard": (visit) => visit("findings", "light", async (page) => {
    const shown = () => page.locator(".finding.warning").evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);
    const before = await shown();
    expect(before > 3, "there are warnings to hide");
    await page.focus("#show-warning");
    await page.keyboard.press("Space");
    expect(await shown() === 0, "warnings are hidden");
    await page.keyboard.press("Space");
    expect(await shown() === before, "warnings are back");
  }),
  "the first key leads past the head": (visit) => visit("findings", "light", async (page) => {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement.className) === "skip", "the skip link comes first");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement.id) === "report", "it leads to the report");
  }),
  "what has the focus shows it": (visit) => visit("findings", "dark", async (page) => {
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press("Tab");
      const width = await page.evaluate(() => parseFloat(getComputedStyle(document.activeElement).outlineWidth));
      expect(width >= 2 || await page.evaluate(() => document.activeElement.className) === "skip", `no outline after ${step + 1} keys`);
    }
  }),
  "the stacked bar is as long as its numbers say": (visit) => visit("plan", "light", async (page) => {
    const [bar, weights] = await page.locator(".bar").first().evaluate((svg) => [svg, svg.querySelector(".s0")].map((one) => one.getBoundingClientRect().width));
    const share = await page.locator(".bar .s0").first().evaluate((one) => parseFloat(one.getAttribute("width")));
    expect(Math.abs(100 * weights / bar - share) < 1, `${weights} of ${bar} is not ${share} %`);
  }),
  "it can be printed": (visit) => visit("plan", "dark", async (page) => {
    await page.emulateMedia({ media: "print", colorScheme: "light" });
    expect(await page.locator(".skip").evaluate((one) => !one.checkVisibility()), "nothing that only a screen needs");
    expect((await page.pdf({ format: "A4" })).length > 10000, "a PDF");
  }),
};
