// What the playground does: type, see findings move, pick a machine, share.
import { expect, until } from "./shoot.mjs";

const BAD = `model: meta-llama/Llama-3.1-70B-Instruct
precision: fp16
engine: vllm
machine:
  gpus: [{name: RTX 4090, count: 2}]
`;

const text = (page) => page.inputValue("#editor");
const articles = (page) => page.locator("#findings article");
const place = (page, rule) => page.locator("#findings article", { hasText: rule }).first().locator(".meta a").textContent();

async function typed(page, words) {
  await page.waitForSelector("#plans .plan");
  await page.focus("#editor");
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(words);
}

async function settled(page) {
  await until("the answer is there", () => page.locator("#findings:not(.stale)").count());
}

export const playground = {
  "findings come as one types, with marks at their lines": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await until("the finding", () => page.locator("#findings article", { hasText: "vram-too-small" }).count());
    expect(await place(page, "vram-too-small") === "line 5, column 9", `at its line: ${await place(page, "vram-too-small")}`);
    expect((await page.locator("#gutter div").nth(4).getAttribute("class")) === "error", "its line is marked in the gutter");
    expect((await page.locator("#gutter div").nth(4).textContent()).includes("●"), "with a sign");
    expect((await page.locator("#backdrop .error").first().textContent()).includes("RTX 4090"), "and under the words");
    expect((await page.textContent("#state")).includes("error"), `counted: ${await page.textContent("#state")}`);
    expect(await page.locator("#plans .badge.does-not-fit").count() > 0, "the ledger says so too");
  }),
  "findings move with their lines": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await until("the finding", () => page.locator("#findings article", { hasText: "vram-too-small" }).count());
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("# one\n# two\n");
    await until("it has moved", async () => (await place(page, "vram-too-small")) === "line 7, column 9");
    expect((await page.locator("#gutter div").nth(6).getAttribute("class")) === "error", "the mark has moved");
  }),
  "what is mended is gone": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await until("the finding", () => page.locator("#findings article", { hasText: "vram-too-small" }).count());
    await typed(page, BAD.replace("RTX 4090, count: 2", "B300, count: 1"));
    await until("it is gone", async () => !(await page.locator("#findings article", { hasText: "vram-too-small" }).count()));
  }),
  "a click on a place goes there": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await until("the finding", () => page.locator("#findings article", { hasText: "vram-too-small" }).count());
    await page.locator("#findings article", { hasText: "vram-too-small" }).locator(".meta a").click();
    const chosen = await page.evaluate(() => { const area = document.activeElement; return area.value.slice(area.selectionStart, area.selectionEnd); });
    expect(chosen.includes("RTX 4090"), `chosen: ${chosen}`);
    expect(!page.url().includes("#finding"), "the address stays");
  }),
  "answers that come too late are dropped": (settings, visit) => visit(settings.address, async (page) => {
    await page.waitForSelector("#plans .plan");
    let held = 0;
    await page.route("**/api/check", async (route) => {
      if (route.request().postData().includes("SLOW")) { held += 1; await new Promise((resolve) => setTimeout(resolve, 1500)); }
      await route.continue().catch(() => {});
    });
    await typed(page, `${BAD}# SLOW\n`);
    await until("the slow one is asked", () => held > 0);
    await typed(page, "model: meta-llama/Llama-3.1-8B-Instruct\nengine: vllm\n");
    await until("the later answer", async () => (await page.textContent("#plans")).includes("Llama-3.1-8B"));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect((await page.textContent("#plans")).includes("Llama-3.1-8B"), "the later answer stays");
    expect(!(await articles(page).allTextContents()).join().includes("vram-too-small"), "nothing of the earlier one");
  }),
  "a machine is picked with the keyboard": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await page.focus("#machine");
    await page.keyboard.type("aws p5");
    await page.waitForSelector("#machines li");
    await page.keyboard.press("ArrowDown");
    const id = await page.locator("#machines li[aria-selected=true]").evaluate((one) => one.firstChild.textContent);
    await page.keyboard.press("Enter");
    await until("it is written", async () => (await text(page)).includes(`instance: ${id}`));
    expect(!(await text(page)).includes("RTX 4090"), "in place of the hardware");
    await until("it is answered", async () => (await page.textContent("#plans")).includes("H100"));
  }),
  "what fits is listed, and used with a click": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await settled(page);
    await until("machines for it", async () => (await page.locator("#fits li").count()) > 2 && await page.locator("#fits:not(.stale)").count());
    const first = page.locator("#fits li").first();
    const id = await first.locator("span").first().evaluate((one) => one.firstChild.textContent);
    await first.locator("button").click();
    await until("it is written", async () => (await text(page)).includes(`instance: ${id}`));
  }),
  "a link holds the text": (settings, visit) => visit(settings.address, async (page) => {
    const words = `# ünïcödé 模型 😀 <b>&amp;\n${BAD}`;
    await typed(page, words);
    await page.click("#share");
    await until("the address has it", () => page.url().includes("#text="));
    await visit(page.url(), async (other) => {
      await other.waitForSelector("#plans .plan");
      expect((await text(other)) === words, `the text is the same: ${await text(other)}`);
      await until("and is checked", () => other.locator("#findings article", { hasText: "vram-too-small" }).count());
    });
  }),
  "links that are broken, or unfold without end, are refused": async (settings, visit) => {
    const { deflateRawSync } = await import("node:zlib");
    const bomb = deflateRawSync(Buffer.alloc(64 << 20, 97)).toString("base64url");
    const binary = deflateRawSync(Buffer.from([0xff, 0xfe, 0xc3])).toString("base64url");
    for (const fragment of ["AAAA", "%%%", "a<b>", "e", bomb, binary, "A".repeat(200_001)]) {
      await visit(`${settings.address}#text=${fragment}`, async (page) => {
        await page.waitForSelector("#plans .plan");
        expect((await text(page)).startsWith("# Change anything"), `${fragment.slice(0, 20)}: ${(await text(page)).slice(0, 40)}`);
        await page.waitForSelector("#fits li");
        await until("it is still told", async () => (await page.textContent("#state")).startsWith("The link cannot be read"));
      });
    }
  },
  "what is typed is text, never markup": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, "name: \"<img src=x onerror=alert(1)>\"\nmodel: \"<script>alert(1)</script>\"\nprecision: fp16\nengine: vllm\n");
    await until("it is answered", async () => (await page.textContent("#plans")).includes("<img src=x"));
    expect(await page.locator("main img, main script").count() === 0, "no element of it");
  }),
  "changes are searched for on request": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, BAD);
    await settled(page);
    await page.click("#suggest");
    await page.waitForSelector("#changes .diff .added", { timeout: 20000 });
  }),
  "the keyboard gets out of the editor": (settings, visit) => visit(settings.address, async (page) => {
    await page.focus("#editor");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement.id) === "machine", "Tab leads on");
  }),
  "the numbers stay beside their lines": (settings, visit) => visit(settings.address, async (page) => {
    await typed(page, Array.from({ length: 300 }, (_, index) => `# line ${index + 1}`).join("\n"));
    await page.evaluate(() => { const area = document.getElementById("editor"); area.scrollTop = area.scrollHeight; });
    await until("both have scrolled", () => page.evaluate(() => {
      const [area, gutter, backdrop] = ["editor", "gutter", "backdrop"].map((id) => document.getElementById(id));
      return area.scrollTop > 100 && Math.abs(area.scrollTop - gutter.scrollTop) < 2 && Math.abs(area.scrollTop - backdrop.scrollTop) < 2;
    }));
    const [line, all] = await page.evaluate(() => [document.querySelector("#gutter div").getBoundingClientRect().height, document.getElementById("editor").scrollHeight]);
    expect(Math.abs((all - 24) / 300 - line) < 0.2, `a line of ${line} px, ${all} px in all`);
  }),
};
