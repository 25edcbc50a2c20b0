// Text from people and repositories is shown, never run.

import { expect, test } from "./support/fixtures.js";

const ATTACKS = [
  "<script>window.attacked = 'script'</script>",
  "<img src=x onerror=\"window.attacked='img'\">",
  "<svg onload=\"window.attacked='svg'\"></svg>",
  "<iframe srcdoc=\"<script>parent.attacked='iframe'</script>\"></iframe>",
  "[press me](javascript:window.attacked='link')",
  "![picture](javascript:window.attacked='picture')",
  "<a href=\"javascript:window.attacked='anchor'\">press me</a>",
];

/** Presses whatever looks pressable, then looks for traces. @param {import("@playwright/test").Page} page */
async function nothingRan(page) {
  for (const link of await page.getByText("press me").all()) await link.click();
  expect(await page.evaluate(() => /** @type {any} */ (window).attacked)).toBeUndefined();
  expect(await page.evaluate(() => [...document.querySelectorAll("#app *")].filter((one) =>
    ["SCRIPT", "IFRAME", "OBJECT", "EMBED"].includes(one.tagName) || (one.tagName === "IMG" && one.getAttribute("src") !== "/favicon.svg")
    || [...one.attributes].some(({ name, value }) => name.startsWith("on") || /^\s*javascript:/i.test(value))).map((one) => one.outerHTML))).toEqual([]);
}

test("what somebody writes in the chat is text, whatever it looks like", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  for (const [i, attack] of ATTACKS.entries()) {
    await desk.say(attack);
    await expect(desk.messages).toHaveCount(2 * (i + 1));
    await expect(desk.messages.nth(2 * i).locator(".plain")).toHaveText(attack);
  }
  await nothingRan(page);
  await page.reload();
  await desk.isLive();
  await expect(desk.messages).toHaveCount(2 * ATTACKS.length);
  await nothingRan(page);
});

test("what the project manager repeats of a message is text as well", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.verdict).toHaveText("running");
  await desk.sayNow(`plan ${ATTACKS.join(" and ")}`);
  await expect(desk.messages.last()).toContainText("window.attacked");
  await nothingRan(page);
});

test("a repository's README, manifest, file names and test output are text as well", async ({ server, checked, page, desk }) => {
  const { path, checks } = checked("<img src=x onerror=attacked=1>", {
    "README.md": `# ${ATTACKS[0]}\n\n${ATTACKS.join("\n\n")}\n`,
    "package.json": JSON.stringify({ name: ATTACKS[1], description: ATTACKS[4], bin: { [ATTACKS[6]]: "src/main.js" } }),
    "src/main.js": "",
    "test/<img src=x onerror=attacked=2>.test.js": "",
  });
  const { id } = await server.createProject(ATTACKS[1], path, ATTACKS.join("\n"));
  await desk.open(server, id);
  await desk.show("All");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ATTACKS[1]);
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.messages).toHaveCount(3);
  await desk.say("run validation");
  for (const attack of ATTACKS) checks.say(attack);
  checks.fail();
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.activity).toContainText(ATTACKS[2]);
  await expect(desk.messages).toHaveCount(6);
  await desk.openAll(desk.activity);
  await nothingRan(page);
});

test("what an agent writes in Markdown is shown in full and cannot run", async ({ server, page }) => {
  await page.goto(server.url);
  const shown = await page.evaluate(async (attacks) => {
    const { renderMarkdown } = await import(/** @type {any} */ ("/markdown.js"));
    const box = document.createElement("div");
    box.innerHTML = renderMarkdown(["**bold**", ...attacks].join("\n\n"));
    document.querySelector("#app")?.append(box);
    return { text: box.innerText, html: box.innerHTML };
  }, ATTACKS);
  expect(shown.html).toContain("<strong>bold</strong>");
  for (const attack of ATTACKS.filter((one) => one.startsWith("<"))) expect(shown.text).toContain(attack);
  await nothingRan(page);
});

test("the page may load nothing from elsewhere and run nothing inline", async ({ server, page }) => {
  const response = await page.goto(server.url);
  const policy = response?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/unsafe-(eval|hashes)|script-src[^;]*unsafe-inline|\*/);
});
