// All checks in the browser, one after the other; each is told, and the first that fails does not hide the others.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { accessible, expect, launch, open, SCHEMES, shoot, WIDTHS } from "./shoot.mjs";
import { playground } from "./playground.mjs";
import { reports } from "./reports.mjs";

const settings = JSON.parse(process.argv[2]);
const browser = await launch(settings);
let failed = 0;

async function check(name, run) {
  try {
    await run();
    console.log(`ok       ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok   ${name}\n         ${error.message.split("\n").slice(0, 12).join("\n         ")}`);
  }
}

/** A page that makes no faults and asks nobody but its own server, or nobody at all. */
async function visited(address, width, scheme, run) {
  const page = await open(browser, address, width, scheme);
  try {
    await run(page);
    expect(page.faults.length === 0, `faults: ${page.faults.join("; ")}`);
    const foreign = page.requests.filter((one) => !one.startsWith(address.split("#")[0].replace(/[^/]*$/, "")) && one !== address);
    expect(foreign.length === 0, `requests to others: ${foreign.join(", ")}`);
    expect((await page.context().cookies()).length === 0, "cookies");
  } finally {
    await page.context().close();
  }
}

for (const name of settings.names) {
  const address = pathToFileURL(join(settings.pages, `${name}.html`)).href;
  for (const width of WIDTHS) for (const scheme of SCHEMES) {
    await check(`${name}, ${width} px, ${scheme}: looks, asks nobody, axe-core`, () => visited(address, width, scheme, async (page) => {
      await shoot(page, settings, `${name}-${width}-${scheme}`);
      await accessible(page, settings, name);
      expect(page.requests.length === 1, `more was loaded: ${page.requests.join(", ")}`);
    }));
  }
}
for (const [name, run] of Object.entries(reports)) {
  await check(`reports: ${name}`, () => run((page, scheme, act) => visited(pathToFileURL(join(settings.pages, `${page}.html`)).href, 1280, scheme, act)));
}
for (const width of WIDTHS) for (const scheme of SCHEMES) {
  await check(`playground, ${width} px, ${scheme}: looks, axe-core`, () => visited(settings.address, width, scheme, async (page) => {
    await page.waitForSelector("#fits li");
    await page.waitForSelector("#plans .plan");
    await shoot(page, settings, `playground-${width}-${scheme}`);
    await accessible(page, settings, "playground");
  }));
}
for (const [name, run] of Object.entries(playground)) {
  await check(`playground: ${name}`, () => run(settings, (address, act) => visited(address, 1280, "light", act)));
}
await browser.close();
console.log(failed ? `${failed} failed` : "all hold");
process.exit(failed ? 1 : 0);
