// How the connection is lost and comes back, what the page says meanwhile, and what a reload has at once.

import { expect, test } from "./support/fixtures.js";
import { look } from "./support/tab.js";

/** A server that beats every second, so that silence is noticed soon, and a project on it. @param {any} fixtures */
async function quickShop({ launch, checked }) {
  const server = await launch({ settings: { PM__FEED__HEARTBEAT_SECONDS: "1" } });
  const { path, checks } = checked("web-shop");
  const { id } = await server.createProject("Web shop", path);
  return { server, id, checks };
}

test("while it is live the pill says how long ago the last step was", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await expect(desk.pill).toHaveText("Live");
  await desk.say("hello");
  await expect(desk.pill).toHaveText("Live · last step just now");
  await expect(desk.pill).toHaveAttribute("title", /Last event just now/);
});

test("a network that is cut is said at once, and when it returns so does the page", async ({ server, shop, page, context, desk, browserErrors }) => {
  browserErrors.expectLoss(/net::ERR_INTERNET_DISCONNECTED/);
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  const steps = await desk.shown();
  await context.setOffline(true);
  await expect(desk.pill).toHaveText(/^Offline/);
  await expect(page.getByRole("button", { name: "Reconnect now" })).toBeVisible();
  expect(await desk.shown()).toEqual(steps);
  shop.checks.say("said while the network was away");
  await context.setOffline(false);
  await desk.isLive();
  await expect(desk.activity).toContainText("said while the network was away");
  const seqs = (await desk.shown()).map((step) => step.seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
});

test("a server that is there but says nothing is not believed", async ({ launch, checked, desk, browserErrors }) => {
  const { server, id } = await quickShop({ launch, checked });
  await desk.open(server, id);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  browserErrors.expectLoss(/./);
  server.freeze();
  await expect(desk.pill).toHaveText(/^Stale · last event .* ago · reconnecting/);
  await expect(desk.messages).toHaveCount(2);
  server.thaw();
  await desk.isLive();
  await desk.say("hello again");
  await expect(desk.messages).toHaveCount(4);
});

test("a machine that slept goes on at once when it wakes", async ({ launch, checked, page, desk }) => {
  await page.clock.install();
  const { server, id } = await quickShop({ launch, checked });
  await desk.open(server, id);
  // As after a sleep: the clock has moved on, no timer has run, and the connection may be anything.
  await look(page, false);
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  await server.ask("POST", `/api/projects/${id}/messages`, { content: "said while it slept" });
  await look(page, true);
  await page.clock.resume();
  await desk.isLive();
  await expect(desk.chat.getByText("said while it slept")).toBeVisible();
  await expect(desk.messages).toHaveCount(2);
});

test("it goes on trying for ever, less and less often", async ({ server, shop, page, desk }) => {
  test.setTimeout(90_000);
  await desk.open(server, shop.id);
  await server.kill();
  await expect(desk.pill).toHaveText(/^Offline .*next try in \d+ s/);
  await expect(desk.activity.getByText("The server is not reached.")).toBeVisible();
  // More tries than the five after which others give up.
  await expect(desk.pill).toHaveText(/next try in 1\d s|next try in [89] s/);
  await server.start();
  await page.getByRole("button", { name: "Reconnect now" }).click();
  await desk.isLive();
  await expect(desk.activity.getByText("The server is not reached.")).toBeHidden();
});

test("a stream that is answered with an error is opened anew, and the error is said in words", async ({ front, shop, desk, browserErrors }) => {
  await desk.open(front, shop.id);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  for (const status of [502, 503]) {
    browserErrors.expectRefusal(status, /\/api\//);
    front.refuses = (/** @type {string} */ path) => path.startsWith("/api/sse/") || path.startsWith("/api/diagnostics/") ? status : null;
    // The chat may be connecting at that very moment.
    browserErrors.expectLoss(/net::ERR_|closed before receiving a handshake response/);
    front.cut();
    const notice = desk.activity.getByRole("status").filter({ hasText: String(status) });
    await expect(notice).toContainText(status === 502 ? "a proxy in front of it, answers with an error (502)" : "has no room for this just now (503)");
    await expect(desk.messages).toHaveCount(2);
    front.refuses = () => null;
    await desk.isLive();
    await expect(notice).toBeHidden();
  }
  await desk.say("hello again");
  await expect(desk.messages).toHaveCount(4);
});

/**
 * Waits until the browser has begun to keep something: who leaves before its database is open, which takes long on a busy machine,
 * leaves nothing. @param {import("@playwright/test").Page} page
 */
const isKept = (page) => expect.poll(() => page.evaluate(() => localStorage.getItem("pm.keeps"))).toBe("true");

test.describe("what this browser keeps", () => {
  test("a reload shows what was there at once, and asks only for what is newer", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await desk.say("analyze the codebase");
    await expect(desk.messages).toHaveCount(3);
    await expect(desk.verdict).toHaveText("done");
    const [steps, said] = [await desk.shown(), await desk.said()];
    await isKept(page);
    await page.goto("about:blank");
    await server.ask("POST", `/api/projects/${shop.id}/messages`, { content: "hello" });
    const asked = page.waitForRequest(/\/api\/sse\/scar\//);
    await desk.open(server, shop.id);
    const last = /** @type {{ seq: number }} */ (steps.at(-1)).seq;
    expect(new URL((await asked).url()).searchParams.get("after")).toBe(String(last - 1));
    await expect(desk.messages).toHaveCount(5);
    expect((await desk.shown()).slice(0, steps.length)).toEqual(steps);
    expect((await desk.said()).slice(0, said.length)).toEqual(said);
  });

  test("it is there while the server is away, also when a busy browser takes long to find it", async ({ front, shop, page, desk, browserErrors }) => {
    await desk.open(front, shop.id);
    await desk.say("hello");
    await expect(desk.messages).toHaveCount(2);
    const steps = await desk.shown();
    await isKept(page);
    await page.goto("about:blank");
    // Its database opens after the stream has been tried.
    await page.addInitScript(() => {
      const { open } = IDBFactory.prototype;
      const { set } = /** @type {any} */ (Object.getOwnPropertyDescriptor(IDBRequest.prototype, "onsuccess"));
      IDBFactory.prototype.open = function (...args) {
        const request = open.apply(this, args);
        Object.defineProperty(request, "onsuccess", { set: (found) => set.call(request, () => setTimeout(found, 5_000)) });
        return request;
      };
    });
    front.refuses = (/** @type {string} */ path) => path.startsWith("/api/") ? 502 : null;
    browserErrors.expectRefusal(502, /\/api\//);
    await page.goto(`${front.url}/#/p/${shop.id}`);
    await expect(desk.pill).toHaveText(/Reconnecting|Offline/);
    await expect.poll(() => desk.shown()).toEqual(steps);
    front.refuses = () => null;
    await desk.isLive();
    expect(await desk.shown()).toEqual(steps);
  });

  test("it is there while the server is away", async ({ front, shop, page, desk, browserErrors }) => {
    await desk.open(front, shop.id);
    await desk.say("hello");
    await expect(desk.messages).toHaveCount(2);
    await desk.isLive();
    const steps = await desk.shown();
    await isKept(page);
    await page.goto("about:blank");
    front.refuses = (/** @type {string} */ path) => path.startsWith("/api/") ? 502 : null;
    browserErrors.expectRefusal(502, /\/api\//);
    await page.goto(`${front.url}/#/p/${shop.id}`);
    await expect(desk.pill).toHaveText(/Reconnecting|Offline/);
    await expect.poll(() => desk.shown()).toEqual(steps);
    await expect(desk.messages).toHaveCount(2);
  });

  test("a server restored from an old copy is found out, also when it has come as far again", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await desk.say("hello");
    await expect(desk.messages).toHaveCount(2);
    await page.goto("about:blank");
    await server.stop();
    const copy = server.keepData();
    await server.start();
    const post = (/** @type {string} */ content) => server.ask("POST", `/api/projects/${shop.id}/messages`, { content });
    await desk.open(server, shop.id);
    await desk.say("only the old server has seen this");
    await expect(desk.messages).toHaveCount(4);
    await page.goto("about:blank");
    await server.stop();
    copy.restore();
    await server.start();
    for (const text of ["what can you do?", "hello again"]) await post(text);
    await expect.poll(async () => (await server.activities(shop.id)).length).toBeGreaterThanOrEqual(6);
    await desk.open(server, shop.id);
    await expect(desk.activity.getByText("The server's record is another one than before")).toBeVisible();
    await expect(desk.activity).toContainText("hello again");
    await expect(desk.activity).not.toContainText("only the old server has seen this");
    await expect(desk.chat).not.toContainText("only the old server has seen this");
    const log = (await server.activities(shop.id)).map((one) => one.seq);
    await desk.show("All");
    expect((await desk.shown()).map((step) => step.seq)).toEqual(log);
  });

  test("without a database in the browser everything works as before", async ({ server, shop, page, desk }) => {
    await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { get: () => undefined }));
    await desk.open(server, shop.id);
    await desk.say("hello");
    await expect(desk.messages).toHaveCount(2);
    await page.reload();
    await desk.isLive();
    await expect(desk.messages).toHaveCount(2);
    await expect(desk.step(/You.*hello/)).toHaveCount(1);
  });
});

test.describe("who looks elsewhere", () => {
  /** Notes what the browser is given to show, and lets it show it. @param {import("@playwright/test").BrowserContext} context */
  const listen = (context) => context.addInitScript(() => {
    const noted = /** @type {any} */ (window).told = /** @type {string[]} */ ([]);
    window.Notification = class extends Notification {
      /** @param {string} title @param {NotificationOptions} [options] */
      constructor(title, options) {
        super(title, options);
        noted.push([title, options?.body].join("\n"));
      }
    };
  });
  const told = (/** @type {import("@playwright/test").Page} */ page) => page.evaluate(() => /** @type {any} */ (window).told);
  const icon = (/** @type {import("@playwright/test").Page} */ page) => page.locator("link[rel=icon]");

  test("sees in the title and the icon that a command runs, has ended, or has failed", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await expect(page).toHaveTitle("Web shop · Project Manager");
    await desk.say("run validation");
    await expect(page).toHaveTitle("● Running the checks · Web shop · Project Manager");
    await expect(icon(page)).toHaveAttribute("href", "/icons/running.svg");
    await expect(desk.step("The checks begin")).toBeVisible();
    await look(page, false);
    shop.checks.pass();
    await expect(page).toHaveTitle("(1) ✓ Done: Run the checks · Web shop · Project Manager");
    await expect(icon(page)).toHaveAttribute("href", "/icons/done.svg");
    await look(page, true);
    await expect(page).toHaveTitle("Web shop · Project Manager");
    await expect(icon(page)).toHaveAttribute("href", "/favicon.svg");

    // Without a coding agent it fails at once, which must not be seen.
    await look(page, false);
    await desk.say("plan a newsletter");
    await expect(page).toHaveTitle("(1) ✕ Failed: Plan a feature · Web shop · Project Manager");
    await expect(icon(page)).toHaveAttribute("href", "/icons/failed.svg");
    await look(page, true);
    await server.ask("GET", "/health");
    await look(page, false);
    await server.ask("POST", `/api/projects/${shop.id}/messages`, { content: "hello" });
    await expect(page).toHaveTitle("(1) ? Your turn · Web shop · Project Manager");
    await expect(icon(page)).toHaveAttribute("href", "/icons/turn.svg");
  });

  test("is asked in the page when it would have been of use, and then told, by one of many tabs", async ({ server, shop, page, context, desk }) => {
    await context.grantPermissions(["notifications"]);
    await listen(context);
    await desk.open(server, shop.id);
    const other = await context.newPage();
    await other.goto(page.url());
    await expect(other.getByTestId("connection")).toHaveText(/^Live/);
    const tell = page.getByRole("button", { name: "Tell me", exact: true });
    await desk.say("hello");
    await expect(desk.messages).toHaveCount(2);
    await expect(tell).toBeHidden();
    for (const one of [page, other]) await look(one, false);
    await desk.say("hello again");
    await expect(desk.messages).toHaveCount(4);
    await expect(tell).toBeVisible();
    await expect(other.getByRole("button", { name: "Tell me", exact: true })).toBeVisible();
    expect([await told(page), await told(other)]).toEqual([[], []]);
    await look(page, true);
    await tell.click();
    for (const one of [page, other]) await expect(one.getByRole("button", { name: "Tell me", exact: true })).toBeHidden();

    // Somebody looks at one of the tabs: no need to tell.
    await desk.say("run validation");
    await expect(desk.step("The checks begin")).toBeVisible();
    await look(page, false);
    shop.checks.pass();
    await expect.poll(async () => [...await told(page), ...await told(other)]).toEqual(["Done: Run the checks\nWeb shop"]);
  });

  test("who says no is not asked again", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await look(page, false);
    await desk.say("hello");
    await page.getByRole("button", { name: "No, thanks" }).click();
    await page.reload();
    await desk.isLive();
    await look(page, false);
    await desk.say("hello again");
    await expect(page).toHaveTitle(/^\(1\)/);
    await expect(page.getByRole("button", { name: "Tell me", exact: true })).toBeHidden();
  });
});
