// The issues of the repository a project has on GitHub, as values: what is asked for, what came, and where more is. Pure.

/**
 * As on the wire (`GET …/issues`). Titles and labels are anybody's words.
 * @typedef {{ number: number, title: string, state: string, created_at: string, updated_at: string, url: string, labels: string[], assignees: string[] }} Issue
 * @typedef {"open" | "closed"} Which
 * @typedef {{ list: Issue[] | null, problem: string | null }} Listed `problem` is why the last look did not work; what was there before stays
 * @typedef {{ of: string | null, open: Listed, closed: Listed, counts: Record<Which, number> | null }} Issues `of` is the address of their repository
 */

/** So many are listed; who looks for older ones finds them on GitHub, which can search. */
export const ISSUES_MAX = 100;

/** @type {Listed} */
const NOT_ASKED = { list: null, problem: null };

/** @type {Issues} */
export const NO_ISSUES = { of: null, open: NOT_ASKED, closed: NOT_ASKED, counts: null };

/** Those of a repository: of another address nothing is known yet. @param {Issues} issues @param {string | null | undefined} address @returns {Issues} */
export const issuesOf = (issues, address) => issues.of === (address ?? null) ? issues : { ...NO_ISSUES, of: address ?? null };

/** @param {Issues} issues @param {{ of: string, which: Which, issues?: Issue[], problem?: string }} answer @returns {Issues} */
export function withIssues(issues, { of, which, issues: list, problem }) {
  const before = issuesOf(issues, of);
  return { ...before, [which]: list ? { list, problem: null } : { ...before[which], problem: problem ?? null } };
}

/** @param {Issues} issues @param {{ of: string, counts: { open_issues_count: number, closed_issues_count: number } }} answer @returns {Issues} */
export const withCounts = (issues, { of, counts }) => ({ ...issuesOf(issues, of), counts: { open: counts.open_issues_count, closed: counts.closed_issues_count } });

/** Whether there may be other issues now. @param {import("./state.js").Activity} activity */
export const isOfIssues = ({ kind, status }) => kind === "pm" && ["issue_opened", "issue_closed", "issue_reopened"].includes(status ?? "");

/** What is said to have one worked on. @param {{ number: number }} issue */
export const wishFor = ({ number }) => `fix issue ${number}`;

/** What a pointer that rests on one is told. @param {Issue} issue */
export function aboutIssue({ title, labels, assignees }) {
  return [title, labels.length > 0 && `Labels: ${labels.join(", ")}`, assignees.length > 0 && `Assigned to: ${assignees.join(", ")}`].filter(Boolean).join("\n");
}

/** An address that leads to a page and to nothing else. @param {string | null | undefined} address @returns {string | null} */
export function webAddress(address) {
  try {
    const url = new URL(address ?? "");
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Where GitHub lists all of them, or has a new one written. @param {string | null | undefined} repository its address @param {Which | "new"} what */
export function pageOf(repository, what) {
  const page = webAddress(repository)?.replace(/[?#].*$/, "").replace(/(\.git)?\/*$/, "");
  if (!page) return null;
  return what === "new" ? `${page}/issues/new` : `${page}/issues?q=${encodeURIComponent(`is:issue state:${what}`)}`;
}
