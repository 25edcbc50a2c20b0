// Issues as values: what stays on the screen, whose they are, and where an address may lead.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_ISSUES, aboutIssue, isOfIssues, issuesOf, pageOf, webAddress, withCounts, withIssues, wishFor } from "../../static/issues.js";

const SHOP = "https://github.com/acme/shop";
/** @type {import("../../static/issues.js").Issue} */
const issue = { number: 12, title: "Prices are wrong", state: "open", created_at: "2026-01-01T12:00:00Z", updated_at: "2026-01-01T12:00:00Z", url: `${SHOP}/issues/12`, labels: ["bug"], assignees: ["mira"] };

test("what is on the screen stays when a reload fails, and goes when it works", () => {
  const loaded = withCounts(withIssues(NO_ISSUES, { of: SHOP, which: "open", issues: [issue] }), { of: SHOP, counts: { open_issues_count: 1, closed_issues_count: 4 } });
  const failed = withIssues(loaded, { of: SHOP, which: "open", problem: "GitHub cannot be reached." });
  assert.deepEqual([failed.open.list, failed.open.problem, failed.closed, failed.counts], [[issue], "GitHub cannot be reached.", NO_ISSUES.closed, { open: 1, closed: 4 }]);
  assert.deepEqual(withIssues(failed, { of: SHOP, which: "open", issues: [] }).open, { list: [], problem: null });
});

test("the issues of another repository are nobody's once the address has changed", () => {
  const loaded = withIssues(NO_ISSUES, { of: SHOP, which: "open", issues: [issue] });
  assert.equal(issuesOf(loaded, SHOP), loaded);
  assert.equal(issuesOf(loaded, "https://github.com/acme/tea").open.list, null);
  assert.equal(withIssues(loaded, { of: "https://github.com/acme/tea", which: "closed", issues: [] }).open.list, null);
});

test("only what happened to an issue has them looked up again", () => {
  const happened = (/** @type {any} */ more) => isOfIssues({ seq: 1, id: "a", timestamp: "", source: "pm", message: "", kind: "pm", ...more });
  assert.deepEqual(["issue_opened", "issue_closed", "issue_reopened"].map((status) => happened({ status })), [true, true, true]);
  assert.deepEqual([happened({ status: "github_answered" }), happened({ kind: "text", status: "issue_opened" }), happened({})], [false, false, false]);
});

test("an address leads to a page or nowhere", () => {
  assert.equal(webAddress(`${SHOP}/issues/12`), `${SHOP}/issues/12`);
  for (const bad of ["javascript:alert(1)", "data:text/html,x", " JavaScript:alert(1)", "//github.com", "shop", "", null, undefined]) assert.equal(webAddress(bad), null, String(bad));
  for (const one of [SHOP, `${SHOP}/`, `${SHOP}.git`, `${SHOP}?tab=readme#top`]) {
    assert.equal(pageOf(one, "closed"), `${SHOP}/issues?q=is%3Aissue%20state%3Aclosed`);
    assert.equal(pageOf(one, "new"), `${SHOP}/issues/new`);
  }
  assert.equal(pageOf("git@github.com:acme/shop.git", "open"), null);
});

test("an issue is asked for by its number alone, and the whole of its title is told", () => {
  assert.equal(wishFor({ ...issue }), "fix issue 12");
  assert.equal(aboutIssue(issue), "Prices are wrong\nLabels: bug\nAssigned to: mira");
  assert.equal(aboutIssue({ ...issue, labels: [], assignees: [] }), "Prices are wrong");
});
