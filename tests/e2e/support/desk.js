// The page as a person uses it: where things are, and what is done with them, by the names they have on the screen.

import { expect } from "@playwright/test";

export class Desk {
  /** @param {import("@playwright/test").Page} page */
  constructor(page) {
    this.page = page;
    this.projects = page.getByRole("navigation", { name: "Projects" });
    this.chat = page.getByRole("region", { name: "Chat", exact: true });
    this.activity = page.getByRole("region", { name: "Activity", exact: true });
    this.pill = page.getByTestId("connection");
    this.composer = this.chat.getByRole("textbox", { name: "Message" });
    this.queue = this.chat.getByRole("region", { name: "Queue" });
    this.dialog = page.getByRole("dialog", { name: "New project" });
    this.messages = this.chat.locator("[data-message-id]");
    this.stopButton = this.chat.getByRole("button", { name: "Stop" });
    this.commands = this.activity.locator("[data-execution-id]");
    this.steps = this.activity.locator("[data-seq]");
    this.target = this.activity.locator("[data-target]");
    this.searchField = this.activity.getByRole("textbox", { name: "Search the steps" });
    this.hits = this.activity.getByRole("search").getByRole("status");
    this.palette = page.getByRole("dialog", { name: "Find a project, a command or an action" });
    this.help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  }

  /** Opens a project and waits until it is live. @param {{ url: string }} server @param {string} projectId */
  async open(server, projectId) {
    await this.page.goto(`${server.url}/#/p/${projectId}`);
    await this.isLive();
  }

  async isLive() { await expect(this.pill).toHaveText(/^Live/); }

  /** @param {string} text */
  async say(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** What opens the menu of a project in the list. @param {string} name */
  menuOf(name) { return this.projects.getByRole("button", { name: `More about ${name}` }); }

  /** Says it at once while something runs; else it would wait in the queue. @param {string} text */
  async sayNow(text) {
    await this.composer.fill(text);
    await this.composer.press("Control+Enter");
  }

  /** Sets how much is shown. @param {"Brief" | "Steps" | "All"} level */
  async show(level) { await this.activity.getByRole("button", { name: level, exact: true }).click(); }

  /** Opens all there is to open in a part of the page. @param {import("@playwright/test").Locator} part */
  async openAll(part) {
    const closed = part.locator("[aria-expanded=false]:not([aria-haspopup])");
    while (await closed.count() > 0) await closed.first().click();
  }

  /** Makes or takes back a choice of the filter, whose menu is open afterwards. @param {string} label */
  async choose(label) {
    const button = this.activity.getByRole("button", { name: /^Filter the steps/ });
    if (await button.getAttribute("aria-expanded") !== "true") await button.click();
    await this.activity.getByRole("checkbox", { name: label }).click();
  }

  /** Scrolls until nothing more is put before the first step, or after the last. @param {"first" | "last"} end */
  async scrollUntil(end) {
    const more = this.activity.getByRole("button", { name: end === "first" ? /^(Load earlier steps|Loading…)$/ : /^(Load later steps|Loading…)$/ });
    await expect(async () => {
      await this.page.getByTestId("activity").evaluate((box, isFirst) => { box.scrollTop = isFirst ? 0 : box.scrollHeight; }, end === "first");
      expect(await more.count()).toBe(0);
    }).toPass();
  }

  /** @param {string} words */
  async search(words) { await this.searchField.fill(words); }

  /** What the toolbar says of what is shown. @param {string | RegExp} words */
  toolbarSays(words) { return this.activity.getByRole("status").filter({ hasText: words }); }

  /** Takes the focus out of every field, as a click beside them does. */
  async leaveFields() { await this.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur()); }

  /** Whether a text within the target can be seen: in sight of everything that scrolls around it. @param {string} text @returns {Promise<boolean>} */
  isInSight(text) {
    return this.target.evaluate((row, wanted) => {
      const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.textContent?.indexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { top, bottom, left } = range.getBoundingClientRect();
        for (let box = node.parentElement; box; box = box.parentElement) {
          const frame = box.getBoundingClientRect();
          if (box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== "visible" && (top < frame.top || bottom > frame.bottom)) return false;
        }
        const seen = document.elementFromPoint(left + 2, (top + bottom) / 2);
        if (seen && row.contains(seen)) return true;
      }
      return false;
    }, text);
  }

  /** The step that says this. @param {string | RegExp} text */
  step(text) { return this.steps.filter({ hasText: text }); }

  /** The word that tells how the newest command stands. */
  get verdict() { return this.commands.last().locator(".badge"); }

  /** What the activity pane shows, line by line, without the ages, which change by themselves. @returns {Promise<{ seq: number, text: string }[]>} */
  shown() {
    return this.steps.evaluateAll((rows) => rows.map((row) => {
      const copy = /** @type {HTMLElement} */ (row.cloneNode(true));
      for (const age of copy.querySelectorAll("time")) age.remove();
      return { seq: Number(row.getAttribute("data-seq")), text: (copy.textContent ?? "").replace(/\s+/g, " ").trim() };
    }));
  }

  /** Writes down what is said aloud from now on; what it gives back tells it. */
  async listen() {
    await this.page.getByTestId("announcer").evaluate((said) => {
      const heard = /** @type {any} */ (window).heard = /** @type {string[]} */ ([]);
      new MutationObserver(() => heard.push(said.textContent ?? "")).observe(said, { childList: true, characterData: true, subtree: true });
    });
    return () => this.page.evaluate(() => /** @type {any} */ (window).heard.join("\n"));
  }

  /** What the chat shows: who said what. @returns {Promise<string[]>} */
  said() {
    return this.messages.evaluateAll((rows) => rows.map((row) => `${row.getAttribute("data-role")}: ${row.querySelector(".plain, .md")?.textContent?.trim()}`));
  }

  /** What has more in it than fits its width, though it should not scroll sideways. @returns {Promise<string[]>} */
  tooWide() {
    return this.page.evaluate(() => [document.documentElement, ...document.querySelectorAll("body, .app, .topbar, .pane, .pane-head, .pane-body, .dialog")]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => `${box.tagName.toLowerCase()}.${box.className} by ${box.scrollWidth - box.clientWidth}`));
  }
}
