// GitHub in the page: issues that become something to do, the choice of a repository, and pull requests that change while one
// looks at them.

import AxeBuilder from "@axe-core/playwright";
import { expect, test as base } from "./support/fixtures.js";
import { GitHub } from "./support/github.js";
import { Scar } from "./support/scar.js";

/** @type {import("@playwright/test").Fixtures<{ github: GitHub, served: import("./support/server.js").Server, tea: string }, {}, import("./support/fixtures.js").All, import("./support/fixtures.js").UsualOfWorker>} */
const fixtures = {
  github: async ({}, use) => {
    const github = await new GitHub().start();
    github.has("acme/tea", { description: "An online shop for loose-leaf tea" });
    await use(github);
    await github.stop();
  },
  served: async ({ launch, github }, use) => { await use(await launch({ settings: github.settings })); },
  /** A project whose repository it is. */
  tea: async ({ served, github }, use) => {
    const { id } = await served.ask("POST", "/api/projects", { name: "Meadow Tea", github_repo_url: github.url("acme/tea") });
    await use(id);
  },
};
const test = base.extend(fixtures);

const MARKUP = "<b>Bold</b> <img src=x onerror=\"window.probed = 1\"> & \"more\"";

/** @param {import("./support/desk.js").Desk} desk */
const issues = (desk) => desk.projects.getByRole("region", { name: "Issues" });
/** @param {import("./support/desk.js").Desk} desk */
const openIssues = (desk) => issues(desk).getByRole("button", { name: /^Issues/ }).click();
/** @param {import("@playwright/test").Page} page */
async function problems(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target}`));
}

test("a click on an issue writes what is to be done below what is written already, and sends nothing", async ({ served, github, tea, page, desk }) => {
  github.issue("acme/tea", 12, "Prices are wrong", { labels: ["bug", "good first issue", "prices"] });
  github.issue("acme/tea", 31, MARKUP, { url: "javascript:window.probed=2" });
  github.issue("acme/tea", 5, "Sell tea", { state: "closed" });
  github.pull("acme/tea", 44, "No issue at all");
  await desk.open(served, tea);
  await openIssues(desk);
  const rows = issues(desk).getByRole("listitem");
  await expect(rows).toHaveCount(2);
  await expect(issues(desk)).not.toContainText("No issue at all");
  await expect(issues(desk).getByRole("button", { name: /^Open/ })).toHaveText("Open 2");
  await expect(rows.filter({ hasText: "#12" })).toContainText("and 1 more");

  // What strangers write is text, and an address of theirs leads to a page or nowhere.
  await expect(rows.filter({ hasText: "#31" })).toContainText(MARKUP);
  await expect(rows.filter({ hasText: "#31" }).getByRole("button")).toHaveAttribute("title", MARKUP);
  await expect(rows.filter({ hasText: "#31" }).getByRole("link")).toHaveCount(0);
  const link = rows.filter({ hasText: "#12" }).getByRole("link", { name: "Issue 12 on GitHub, in a new tab" });
  await expect(link).toHaveAttribute("href", github.url("acme/tea/issues/12"));
  await expect(link).toHaveAttribute("rel", "noopener noreferrer");

  await desk.composer.fill("good morning");
  await rows.filter({ hasText: "#12" }).getByRole("button").click();
  await expect(desk.composer).toBeFocused();
  await expect(desk.composer).toHaveValue("good morning\nfix issue 12");
  await rows.filter({ hasText: "#12" }).getByRole("button").click();
  await expect(desk.composer).toBeFocused();
  await page.keyboard.type(" please");
  await expect(desk.composer).toHaveValue("good morning\nfix issue 12 please");
  await expect(desk.messages).toHaveCount(0);

  await issues(desk).getByRole("button", { name: /^Closed/ }).click();
  await expect(issues(desk).getByRole("button", { name: /^Closed/ })).toHaveAttribute("aria-pressed", "true");
  await expect(rows).toHaveText([/Sell tea/]);
  expect(await page.evaluate(() => /** @type {any} */ (window).probed)).toBeUndefined();

  // It stays open for who comes back, and the palette knows the issues as well.
  github.issue("acme/tea", 50, "Opened since");
  await page.reload();
  await expect(issues(desk)).toContainText("Opened since");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("opened since");
  await page.keyboard.press("Enter");
  await expect(desk.composer).toHaveValue("good morning\nfix issue 12 please\nfix issue 50");
});

test("why there are no issues is said in words, and what is on the screen stays when they cannot be had again", async ({ served, github, tea, desk, browserErrors }) => {
  browserErrors.expectRefusal(502, new RegExp(`/api/projects/${tea}/(issues|issue-counts)`));
  github.trouble = { status: 401, message: "Bad credentials" };
  await desk.open(served, tea);
  await openIssues(desk);
  await expect(issues(desk).getByRole("alert")).toContainText("Put a valid one in GITHUB_ACCESS_TOKEN");
  github.trouble = null;
  await issues(desk).getByRole("button", { name: "Try again" }).click();
  await expect(issues(desk)).toContainText("No open issues. Write one on GitHub, or say in the chat what is to be done.");
  await expect(issues(desk).getByRole("link")).toHaveAttribute("href", github.url("acme/tea/issues/new"));

  github.issue("acme/tea", 12, "Prices are wrong");
  await issues(desk).getByRole("button", { name: /^Open/ }).click();
  await expect(issues(desk)).toContainText("Prices are wrong");
  github.trouble = { status: 401, message: "Bad credentials" };
  await issues(desk).getByRole("button", { name: /^Open/ }).click();
  await expect(issues(desk).getByRole("alert")).toContainText("This list may be out of date.");
  await expect(issues(desk)).toContainText("Prices are wrong");
});

test("of many issues a hundred are listed, and GitHub has the rest", async ({ served, github, tea, desk }) => {
  for (let number = 1; number <= 130; number++) github.issue("acme/tea", number, `Issue ${number}`);
  await desk.open(served, tea);
  await openIssues(desk);
  await expect(issues(desk).getByRole("listitem")).toHaveCount(100);
  await expect(issues(desk).getByRole("link", { name: "All 130 on GitHub" })).toHaveAttribute("href", `${github.url("acme/tea/issues")}?q=is%3Aissue%20state%3Aopen`);
  expect(await desk.tooWide()).toEqual([]);
});

test("a repository is chosen by keyboard, and what somebody has written is theirs", async ({ served, github, tea, page, desk }) => {
  github.has("acme/tea-timer", { description: "Counts minutes", private: true });
  github.has("acme/invoices", { archived: true });
  await desk.open(served, tea);
  await desk.projects.getByRole("button", { name: "New project" }).click();
  const field = desk.dialog.getByRole("combobox", { name: "GitHub repository" });
  const options = desk.dialog.getByRole("listbox").getByRole("option");
  await field.focus();
  await page.keyboard.press("ArrowDown");
  await expect(options).toHaveCount(3);
  await expect(options.filter({ hasText: /^acme\/tea(?!-)/ })).toContainText("Project “Meadow Tea” has it already");
  await expect(options.filter({ hasText: "acme/invoices" })).toContainText("archived");

  // The first Escape is the list's, and the dialog stays.
  await page.keyboard.press("Escape");
  await expect(options).toHaveCount(0);
  await expect(field).toBeFocused();
  await page.keyboard.type("timer");
  await expect(options).toHaveText([/acme\/tea-timer\s*private/]);
  await page.keyboard.press("ArrowDown");
  await expect(field).toHaveAttribute("aria-activedescendant", String(await options.getAttribute("id")));
  await page.keyboard.press("Enter");
  await expect(options).toHaveCount(0);
  await expect(field).toHaveValue(github.url("acme/tea-timer"));
  await expect(desk.dialog.getByLabel("Name")).toHaveValue("tea-timer");
  await expect(desk.dialog.getByLabel("Description")).toHaveValue("Counts minutes");

  // Another one, with a name that is written already.
  await desk.dialog.getByLabel("Name").fill("My timer");
  await field.fill("acme/inv");
  await expect(options).toHaveCount(1);
  await options.click();
  await expect(field).toHaveValue(github.url("acme/invoices"));
  await expect(desk.dialog.getByLabel("Name")).toHaveValue("My timer");
  await desk.dialog.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("My timer");
  await expect(issues(desk)).toBeVisible();
});

test("without a token, and when GitHub is away, the address is typed", async ({ launch, github, page, desk, browserErrors }) => {
  const server = await launch({ settings: { ...github.settings, GITHUB_ACCESS_TOKEN: "" } });
  await page.goto(server.url);
  await desk.projects.getByRole("button", { name: "New project" }).click();
  const field = desk.dialog.getByRole("combobox", { name: "GitHub repository" });
  await field.click();
  await expect(field).toHaveAccessibleDescription(/whoever runs the server sets GITHUB_ACCESS_TOKEN/);
  await field.fill(github.url("acme/tea"));
  await expect(desk.dialog.getByRole("listbox").getByRole("option")).toHaveCount(0);

  const other = await launch({ settings: github.settings });
  github.trouble = { status: 401, message: "Bad credentials" };
  browserErrors.expectRefusal(502, "/api/github/repositories");
  await page.goto(other.url);
  await desk.projects.getByRole("button", { name: "New project" }).click();
  await field.click();
  await expect(desk.dialog.getByText(/GitHub does not take this server's token.* The address can be typed as well\./)).toBeVisible();
  await field.fill(github.url("acme/tea"));
  await desk.dialog.getByLabel("Name").fill("Meadow Tea");
  await desk.dialog.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Meadow Tea");
});

test("the pull request of a command is shown where it was opened and below the project, and changes while one looks", async ({ launch, github, page, desk }) => {
  const scar = await new Scar().start();
  const server = await launch({ settings: { ...github.settings, SCAR_BASE_URL: scar.url } });
  const { id } = await server.ask("POST", "/api/projects", { name: "Meadow Tea", github_repo_url: github.url("acme/tea") });
  github.issue("acme/tea", 12, "Prices are wrong");
  const url = github.pull("acme/tea", 7, MARKUP, { checks: { lint: null } });
  await desk.open(server, id);
  await server.ask("POST", `/api/projects/${id}/executions`, { command: "execute-github", args: "12" });
  await expect.poll(() => scar.isWorking).toBe(true);
  scar.say(`Opened ${url}.`);
  await expect(desk.step(`Opened ${url}`).first()).toBeVisible();
  scar.end();
  await expect(desk.verdict).toHaveText("done");
  const places = [desk.commands.last().locator("[data-pull='7']"), desk.projects.getByRole("region", { name: "Pull requests" }).locator("[data-pull='7']")];
  const say = async (/** @type {string[]} */ ...words) => { for (const place of places) for (const word of words) await expect(place).toContainText(word); };
  await say("#7", "Open", "Checks running");
  await expect(places[1]).toContainText(MARKUP);
  await expect(places[0].getByRole("link")).toHaveAttribute("href", url);
  github.pull("acme/tea", 7, MARKUP, { checks: { lint: "failure", test: "failure" } });
  await say("2 checks failed: lint, test");
  github.pull("acme/tea", 7, MARKUP, { checks: { lint: "success", test: "success" } });
  await say("Checks passed");
  github.pull("acme/tea", 7, MARKUP, { checks: { lint: "success", test: "success" }, state: "closed", merged: true, merged_at: "2026-03-02T10:00:00Z" });
  await say("Merged", "Checks passed");
  await expect(desk.step("was merged")).toBeVisible();
  expect(await page.evaluate(() => /** @type {any} */ (window).probed)).toBeUndefined();
  await page.reload();
  await say("Merged", "Checks passed");
  await scar.kill();
});

test("what happens on GitHub is there at once, and who says something there has their name", async ({ served, github, tea, page, desk }) => {
  github.issue("acme/tea", 12, "Prices are wrong");
  await desk.open(served, tea);
  await openIssues(desk);
  await expect(issues(desk).getByRole("listitem")).toHaveCount(1);
  await github.opens(served, "acme/tea", 13, MARKUP);
  await expect(issues(desk).getByRole("listitem")).toHaveCount(2);
  const told = desk.step(MARKUP);
  await expect(told).toContainText("Issue 13 was opened by mira on GitHub");
  await expect(told.getByRole("link", { name: "Issue #13 on GitHub" })).toHaveAttribute("href", github.url("acme/tea/issues/13"));

  await github.says(served, "acme/tea", 12, "alice", "@pm what can you do?");
  await expect(desk.chat.getByRole("article", { name: "alice on GitHub" })).toContainText("what can you do?");
  await expect(desk.steps.filter({ hasText: "alice on GitHub" }).first()).toBeVisible();
  await expect.poll(() => github.comments.length).toBe(1);
  await expect(desk.step("Answered alice on GitHub").getByRole("link", { name: "Issue #12 on GitHub" })).toHaveAttribute("href", github.comments[0].html_url);
  await page.reload();
  await expect(desk.chat.getByRole("article", { name: "alice on GitHub" })).toBeVisible();
});

test("how the server and GitHub get on, and what was imported, is told on the server's page", async ({ launch, github, page, desk }) => {
  const server = await launch({ settings: { ...github.settings, GITHUB_WEBHOOK_SECRET: "", SCAR_AUTO_IMPORT: "true", SCAR_IMPORT_REPOS: "acme/tea acme/gone" } });
  await page.goto(`${server.url}/#/server`);
  const card = page.getByRole("region", { name: "GitHub" });
  await expect(card).toContainText("1 project made, 1 not brought in");
  await expect(card.getByRole("list", { name: "Projects that were not brought in" })).toContainText("acme/gone");
  await expect(card).toContainText("Set GITHUB_WEBHOOK_SECRET");
  await expect(card).toContainText("of the token it was given");
  const { id } = (await server.ask("GET", "/api/projects"))[0];
  github.trouble = { status: 401, message: "Bad credentials" };
  await expect(server.ask("GET", `/api/projects/${id}/issues`)).rejects.toThrow("502");
  await page.reload();
  await expect(card).toContainText("Put a valid one in GITHUB_ACCESS_TOKEN");
  github.trouble = null;
  await server.ask("GET", `/api/projects/${id}/issues`);
  await page.reload();
  await expect(card).not.toContainText("Put a valid one in GITHUB_ACCESS_TOKEN");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await desk.tooWide()).toEqual([]);
  expect(await problems(page)).toEqual([]);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test.describe(`on a small phone, ${colorScheme}`, () => {
    test.describe.configure({ timeout: 180_000 });
    test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme, reducedMotion: "reduce" });

    test("issues and the choice of a repository fit, and axe finds nothing wrong with them", async ({ served, github, tea, page, desk }) => {
      github.issue("acme/tea", 12, `Prices${" are wrong".repeat(30)}`, { labels: ["averyveryverylonglabel".repeat(4), "bug"] });
      github.issue("acme/tea", 13, "averyveryverylongtitle".repeat(9));
      await desk.open(served, tea);
      await page.getByRole("tab", { name: "Projects" }).tap();
      await openIssues(desk);
      await expect(issues(desk).getByRole("listitem")).toHaveCount(2);
      expect(await desk.tooWide()).toEqual([]);
      expect(await problems(page)).toEqual([]);
      await desk.projects.getByRole("button", { name: "New project" }).tap();
      await desk.dialog.getByRole("combobox", { name: "GitHub repository" }).tap();
      await expect(desk.dialog.getByRole("listbox").getByRole("option")).toHaveCount(1);
      await page.keyboard.press("ArrowDown");
      const box = await desk.dialog.getByRole("listbox").boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 360 && box.y >= 0 && box.y + box.height <= 740).toBe(true);
      expect(await desk.tooWide()).toEqual([]);
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await issues(desk).getByRole("listitem").filter({ hasText: "#12" }).getByRole("button").tap();
      await expect(desk.composer).toBeVisible();
      await expect(desk.composer).toHaveValue("fix issue 12");
    });
  });
}
