// The toolbar of the activity pane: the whole log filtered, searched, linked to and taken along, and its end followed.

import { readFileSync } from "node:fs";
import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** More entries than a page begins with, so that what came before them is on the server alone. */
const EDITS = 240;

/**
 * Somebody else runs the checks, which say something and fail, changes the project's description again and again, and says
 * something. Then the project is opened by who was never there before, so that nothing of it is kept in the browser.
 * @param {any} fixtures @param {{ first?: string, last?: string }} [say]
 */
async function longRun({ browser, desk, server, shop }, { first = "the first line", last = "the last note" } = {}) {
  const context = await browser.newContext();
  const other = new Desk(await context.newPage());
  await other.open(server, shop.id);
  await other.say("run validation");
  await expect(other.step("The checks begin")).toBeVisible();
  shop.checks.say(first);
  shop.checks.fail();
  await expect(other.verdict).toHaveText("failed");
  await expect(other.messages).toHaveCount(3);
  for (let i = 0; i < EDITS; i += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, n) => server.ask("PATCH", `/api/projects/${shop.id}`, { description: `Description ${i + n}` })));
  }
  await other.say(last);
  await expect(other.messages).toHaveCount(5);
  await context.close();
  await desk.open(server, shop.id);
}

test.describe("the filter", () => {
  test("looks through the whole log, says how much it leaves, and each part goes by a click", async ({ browser, server, shop, page, desk }) => {
    await longRun({ browser, desk, server, shop });
    const log = await server.activities(shop.id);
    const told = (/** @type {string[]} */ kinds) => log.filter((one) => kinds.includes(one.kind)).length;

    await desk.choose("Progress");
    await expect(desk.toolbarSays(`Showing ${told(["status", "plan"])} of ${log.length} entries`)).toBeVisible();
    await expect(desk.step("Queued")).toBeVisible();
    await expect(desk.activity).not.toContainText("its description");
    await desk.choose("Only what went wrong");
    await expect(desk.toolbarSays(`Showing ${log.filter(({ kind, status }) => kind === "status" && status === "FAILED").length} of ${log.length} entries`)).toBeVisible();
    await page.keyboard.press("Escape");
    await desk.activity.getByRole("button", { name: "Remove the filter: Only what went wrong" }).click();
    await expect(desk.step("Queued")).toBeVisible();
    await desk.activity.getByRole("button", { name: "Remove the filter: Progress" }).click();
    await expect(desk.activity.getByText(/^Showing/)).toHaveCount(0);
    await expect(desk.step("the last note")).toBeVisible();

    // More than a page of them: it says so, and goes on back to the first.
    await desk.choose("Messages");
    await page.keyboard.press("Escape");
    await expect(desk.toolbarSays(`Showing the newest 100 that match, of ${log.length} entries`)).toBeVisible();
    await desk.scrollUntil("first");
    await expect(desk.toolbarSays(`Showing ${told(["message", "pm"])} of ${log.length} entries`)).toBeVisible();
    await expect(desk.steps).toHaveCount(told(["message", "pm"]));
  });

  test("only what went wrong, of commands that are over and of one that runs", async ({ browser, server, shop, page, desk }) => {
    await longRun({ browser, desk, server, shop });
    await desk.choose("Only what went wrong");
    await page.keyboard.press("Escape");
    await expect(desk.step("The checks did not go through")).toHaveCount(1);
    await expect(desk.step("the last note")).toHaveCount(0);
    await desk.say("run validation");
    await expect.poll(async () => (await server.activities(shop.id)).filter((one) => one.status === "RUNNING").length).toBe(2);
    shop.checks.say("nothing wrong here");
    shop.checks.fail();
    await expect(desk.step("The checks did not go through")).toHaveCount(2);
    await expect(desk.activity).not.toContainText("nothing wrong here");
    // What came live is the same as what is asked for.
    const live = await desk.shown();
    await page.reload();
    await desk.isLive();
    await desk.choose("Only what went wrong");
    await expect(desk.step("The checks did not go through")).toHaveCount(2);
    expect((await desk.shown()).map(({ seq }) => seq)).toEqual(live.map(({ seq }) => seq));
  });

  test("by command, by where it comes from, by time, and together", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await desk.say("analyze the codebase");
    await expect(desk.messages).toHaveCount(3);
    await desk.say("run validation");
    shop.checks.pass();
    await expect(desk.messages).toHaveCount(6);
    await desk.choose("Run the checks");
    await expect(desk.commands).toHaveCount(1);
    await expect(desk.activity.getByRole("button", { name: /^Analyze the codebase/ })).toHaveCount(0);
    await expect(desk.verdict).toHaveText("done");
    await desk.choose("How commands begin and end");
    await expect(desk.step("Ran make test")).toHaveCount(0);
    await expect(desk.step("Finished")).toBeVisible();

    await desk.activity.getByLabel("When").selectOption("Last hour");
    await expect(desk.step("Finished")).toBeVisible();
    await desk.activity.getByLabel("When").selectOption("Between two times");
    await desk.activity.getByLabel("Until").fill("2020-01-01T00:00");
    await expect(desk.activity.getByRole("heading", { name: "Nothing like that" })).toBeVisible();
    await page.keyboard.press("Escape");
    await desk.activity.getByRole("button", { name: "Clear the filter" }).click();
    await expect(desk.commands).toHaveCount(2);
    await expect(desk.activity.getByRole("heading", { name: "Nothing like that" })).toBeHidden();
  });

  test("an empty result takes in the first step that passes", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await desk.say("run validation");
    await expect(desk.step("The checks begin")).toBeVisible();
    await desk.choose("Only what went wrong");
    await expect(desk.activity.getByRole("heading", { name: "Nothing like that" })).toBeVisible();
    await page.keyboard.press("Escape");
    shop.checks.fail();
    await expect(desk.step("The checks did not go through")).toBeVisible();
    // Its command says how it stands, although its beginning is filtered out.
    await expect(desk.verdict).toHaveText("failed");
  });
});

test.describe("the search", () => {
  test("goes through hits anywhere in the log, marks the words, and finds what arrives", async ({ browser, server, shop, page, desk }) => {
    await longRun({ browser, desk, server, shop }, { first: "a needle in the beginning", last: "a NEEDLE in the end" });
    const isHit = (/** @type {any} */ one) => /needle/i.test(`${one.message} ${one.detail}`);
    const n = (await server.activities(shop.id)).filter(isHit).length;
    await expect(desk.activity).not.toContainText("in the beginning");
    await desk.search("needle");
    await expect(desk.hits).toHaveText(new RegExp(`^\\d of ${n}$`));
    await expect.poll(() => page.evaluate(() => /** @type {any} */ (CSS).highlights.get("found-here")?.size)).toBe(1);
    const seen = new Set();
    for (let i = 0; i < n; i++) {
      const words = await desk.hits.textContent();
      await page.keyboard.press("Enter");
      await expect(desk.hits).not.toHaveText(words ?? "");
      const line = await desk.hits.textContent() === `${n} of ${n}` ? "in the end" : "in the beginning";
      await expect(desk.target).toContainText(line);
      await expect.poll(() => desk.isInSight(line)).toBe(true);
      seen.add(words);
    }
    expect(seen.size).toBe(n);
    await expect(desk.searchField).toBeFocused();

    const messages = await desk.messages.count();
    await desk.say("a needle from me");
    await expect(desk.messages).toHaveCount(messages + 2);
    const more = (await server.activities(shop.id)).filter(isHit).length;
    expect(more).toBeGreaterThan(n);
    await expect(desk.hits).toHaveText(new RegExp(` of ${more}$`));
    await desk.searchField.press("Escape");
    await expect(desk.searchField).toHaveValue("");
    await expect.poll(() => page.evaluate(() => /** @type {any} */ (CSS).highlights.get("found"))).toBeUndefined();
  });

  test("opens what is folded away, at any verbosity", async ({ server, checkout, page, desk }) => {
    const path = checkout("tea", { "README.md": "# Tea\n\nSomewhere in here stands a pangolin.\n" });
    const { id } = await server.createProject("Tea", path);
    await desk.open(server, id);
    await desk.say("analyze the codebase");
    await expect(desk.messages).toHaveCount(3);
    await desk.show("Brief");
    await expect(desk.step("Read README.md")).toHaveCount(0);
    await desk.activity.getByRole("button", { name: /^Analyze the codebase/ }).click();
    await desk.search("pangolin");
    await expect(desk.hits).toHaveText(/^\d of \d$/);
    for (let i = 0; i < 6 && !(await desk.target.filter({ hasText: "Read README.md" }).isVisible()); i++) await page.keyboard.press("Enter");
    await expect(desk.target).toContainText("Somewhere in here stands a pangolin.");
    await expect.poll(() => desk.isInSight("stands a pangolin")).toBe(true);
  });

  test("says when nothing is found, and takes signs for what they are", async ({ server, shop, desk }) => {
    await desk.open(server, shop.id);
    await desk.say("100% of a.b_c");
    await expect(desk.messages).toHaveCount(2);
    await desk.search("%_%");
    await expect(desk.hits).toHaveText("nothing found");
    await desk.search("0% OF A.b_");
    await expect(desk.hits).toHaveText(/^1 of \d$/);
  });
});

test.describe("the link to a step", () => {
  test("opens the project there, wherever in the log it is, with the step marked and focused", async ({ browser, server, shop, page, desk }) => {
    await longRun({ browser, desk, server, shop });
    const log = await server.activities(shop.id);
    const early = log.find((one) => one.message === "Run make test");
    await page.goto("about:blank");
    await page.goto(`${server.url}/#/p/${shop.id}/a/${early.seq}`);
    await desk.isLive();
    await expect(desk.target).toContainText("Ran make test");
    await expect(desk.target).toBeInViewport();
    await expect(desk.target.locator(":focus")).toHaveCount(1);
    await expect(desk.step("the last note")).toHaveCount(0);

    // The rest of the log is there to be gone through, without a step missing or twice.
    await desk.scrollUntil("last");
    const seqs = (/** @type {any[]} */ list) => list.map(({ seq }) => seq);
    expect(seqs((await desk.shown()).filter(({ text }) => text.includes("its description")))).toEqual(seqs(log.filter(({ status }) => status === "settings_changed")));
    await desk.say("one more");
    await expect(desk.step("You one more")).toHaveCount(1);
  });

  test("goes away with a click, and comes with back and forward", async ({ browser, server, shop, page, desk }) => {
    await longRun({ browser, desk, server, shop });
    const log = await server.activities(shop.id);
    const [one, two] = ["Run make test", "the last note"].map((text) => log.find(({ message }) => message === text).seq);
    for (const seq of [one, two]) await page.evaluate((hash) => { location.hash = hash; }, `#/p/${shop.id}/a/${seq}`);
    await expect(desk.target).toContainText("the last note");
    await page.goBack();
    await expect(desk.target).toContainText("Ran make test");
    await desk.activity.getByRole("button", { name: "Go to the newest step" }).click();
    await expect(desk.target).toHaveCount(0);
    await expect(page).toHaveURL(new RegExp(`#/p/${shop.id}$`));
    await expect(desk.step("the last note")).toBeVisible();
    await page.goBack();
    await expect(desk.target).toContainText("Ran make test");
  });

  test("to a step that is not there says why, and the project opens all the same", async ({ launch, checkout, page, desk }) => {
    const server = await launch({ settings: { PM__FEED__RETENTION: "20" } });
    const { id } = await server.createProject("Tea", checkout("tea"));
    await desk.open(server, id);
    for (let i = 1; i <= 2; i++) {
      await desk.say("analyze the codebase");
      await expect(desk.messages).toHaveCount(3 * i);
    }
    await page.goto(`${server.url}/#/p/${id}/a/999999`);
    await expect(desk.activity.getByText(/^Step 999999 has not happened yet: the newest one is step \d+\.$/)).toBeVisible();
    await expect(desk.messages).toHaveCount(6);
    await expect.poll(async () => (await server.activities(id))[0].seq).toBeGreaterThan(2);
    await page.goto("about:blank");
    await page.goto(`${server.url}/#/p/${id}/a/2`);
    await expect(desk.activity.getByText(/^Step 2 is no longer stored: what is left begins with step \d+\.$/)).toBeVisible();
    await desk.activity.getByRole("button", { name: "Close" }).click();
    await expect(desk.activity.getByText(/^Step 2/)).toBeHidden();
    await expect(page).toHaveURL(new RegExp(`#/p/${id}$`));
  });

  test("is copied with one click, and so is the step's text", async ({ browser, server, shop, page, desk }) => {
    await longRun({ browser, desk, server, shop });
    await desk.search("Started validate");
    const step = desk.target.filter({ hasText: "Started" });
    await step.hover();
    await step.getByRole("button", { name: "Copy the link to this step" }).click();
    await expect(page.getByText("Link copied")).toBeVisible();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${server.url}/#/p/${shop.id}/a/${await step.getAttribute("data-seq")}`);
    await step.getByRole("button", { name: "Copy the text of this step" }).click();
    await expect(page.getByText("Text copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("Started validate");
    const other = new Desk(await page.context().newPage());
    await other.page.goto(link);
    await expect(other.target).toContainText("Started");
  });
});

test("the log is taken along as a file or on the clipboard, and the filter applies", async ({ browser, server, shop, page, desk }) => {
  await longRun({ browser, desk, server, shop });
  const log = await server.activities(shop.id);
  const take = async (/** @type {string} */ name) => {
    await desk.activity.getByRole("button", { name: "Save or copy the steps" }).click();
    const download = page.waitForEvent("download");
    await desk.activity.getByRole("link", { name }).click();
    const file = await download;
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
  };
  const whole = await take("Download for programs");
  expect(whole.name).toMatch(/\.jsonl$/);
  expect(whole.text.trim().split("\n").map((line) => JSON.parse(line).seq)).toEqual(log.map(({ seq }) => seq));
  const readable = await take("Download to read");
  expect(readable.name).toMatch(/\.md$/);
  expect(readable.text).toContain("the last note");

  await desk.choose("Only what went wrong");
  await page.keyboard.press("Escape");
  const wrong = log.filter(({ status }) => /^failed$/i.test(status ?? ""));
  await expect(desk.toolbarSays(`Showing ${wrong.length} of`)).toBeVisible();
  const some = await take("Download for programs");
  expect(some.text.trim().split("\n").map((line) => JSON.parse(line).seq)).toEqual(wrong.map(({ seq }) => seq));
  await desk.activity.getByRole("button", { name: "Save or copy the steps" }).click();
  await desk.activity.getByRole("button", { name: "Copy as text" }).click();
  await expect(page.getByText("Steps copied")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("did not pass");
  expect(copied).not.toContain("the last note");
});

test.describe("the end is followed", () => {
  /** A pane with more than fits, at its end. @param {any} fixtures */
  async function filled({ desk, server, shop, page }) {
    await page.setViewportSize({ width: 1280, height: 500 });
    await desk.open(server, shop.id);
    await desk.say("analyze the codebase");
    await expect(desk.messages).toHaveCount(3);
    await desk.say("run validation");
    await expect(desk.step("The checks begin")).toBeVisible();
    const pane = page.getByTestId("activity");
    const fromEnd = () => pane.evaluate((/** @type {Element} */ box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    await expect.poll(fromEnd).toBeLessThan(9);
    return { pane, fromEnd, more: desk.activity.getByRole("button", { name: /new step/ }) };
  }

  /** Where it is scrolled to, when it no longer moves. @param {import("@playwright/test").Locator} pane @returns {Promise<number>} */
  const atRest = (pane) => pane.evaluate(async (box) => {
    for (let frames = 0, top = box.scrollTop; frames < 20; frames = box.scrollTop === top ? frames + 1 : 0) {
      top = box.scrollTop;
      await new Promise((next) => requestAnimationFrame(next));
    }
    return box.scrollTop;
  });

  const WAYS = {
    "the wheel": async (/** @type {any} */ { page, pane }) => {
      await pane.hover();
      await page.mouse.wheel(0, -200);
    },
    "the keyboard": async (/** @type {any} */ { page, pane }) => {
      await pane.focus();
      await page.keyboard.press("PageUp");
    },
    "a thumb": async (/** @type {any} */ { page, pane }) => {
      const box = await pane.boundingBox();
      const client = await page.context().newCDPSession(page);
      const at = (/** @type {number} */ y) => [{ x: box.x + 60, y: box.y + y }];
      await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(60) });
      for (let y = 70; y <= 260; y += 10) await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(y) });
      await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    },
  };
  for (const [name, scroll] of Object.entries(WAYS)) {
    test(`until ${name} says otherwise, while lines keep coming`, async ({ server, shop, page, desk }) => {
      const { pane, fromEnd, more } = await filled({ desk, server, shop, page });
      await scroll({ page, pane });
      await expect.poll(fromEnd).toBeGreaterThan(50);
      const top = await atRest(pane);
      for (let i = 1; i <= 30; i++) shop.checks.say(`line ${i}`);
      shop.checks.pass();
      await expect(desk.verdict).toHaveText("done");
      await expect(more).toBeVisible();
      expect(Math.abs(await pane.evaluate((/** @type {Element} */ box) => box.scrollTop) - top)).toBeLessThan(3);
      await more.click();
      await expect.poll(fromEnd).toBeLessThan(9);
      await desk.say("hello");
      await expect(desk.step(/^You hello/)).toBeVisible();
      await expect.poll(fromEnd).toBeLessThan(9);
    });
  }

  test("when the window or the composer changes its height", async ({ server, shop, page, desk }) => {
    const { fromEnd } = await filled({ desk, server, shop, page });
    const chat = page.getByRole("log", { name: "Conversation" });
    const chatFromEnd = () => chat.evaluate((/** @type {Element} */ box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    for (const height of [380, 700, 420]) {
      await page.setViewportSize({ width: 1280, height });
      shop.checks.say(`at ${height}`);
      await expect(desk.activity).toContainText(`at ${height}`);
      await expect.poll(fromEnd).toBeLessThan(9);
      await expect.poll(chatFromEnd).toBeLessThan(9);
    }
    await desk.composer.fill("one\ntwo\nthree\nfour\nfive");
    await expect.poll(chatFromEnd).toBeLessThan(9);
    await desk.composer.fill("");
    shop.checks.pass();
    await expect(desk.verdict).toHaveText("done");
    await desk.say("and on");
    await expect(desk.messages.filter({ hasText: "and on" })).toBeVisible();
    await expect.poll(chatFromEnd).toBeLessThan(9);
    await expect.poll(fromEnd).toBeLessThan(9);
  });
});
