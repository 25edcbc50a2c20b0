// The work of a coding agent as git has it, as values: a copy of the project in which it works, or a branch it made. Pure.

import { count } from "./format.js";

/**
 * As on the wire (`GET …/worktrees`, `GET …/branches`). `uncommitted` is a number of files, `ahead` of commits.
 * @typedef {{ name: string, path: string, branch: string | null, base: string, base_branch?: string | null, ahead: number, uncommitted: number, exists_since?: string | null, in_use: boolean }} Worktree
 * @typedef {{ name: string, ahead: number, is_current: boolean, diff_url: string }} Branch
 */
/**
 * One line of the list: `copy` is the copy it is in, if it has one.
 * @typedef {{ key: string, branch: string, base: string | null, ahead: number, uncommitted: number, diffUrl: string, copy: { name: string, path: string, inUse: boolean } | null }} Change
 */

/** What a copy is called that is on no branch. */
const WITHOUT_BRANCH = "A copy of the project";

/**
 * What there is of it. A copy in which somebody only looked around is none, nor is a branch that is part of the main line.
 * @param {string} projectId @param {Worktree[]} worktrees @param {Branch[]} branches @returns {Change[]}
 */
export function changesOf(projectId, worktrees, branches) {
  const copies = worktrees.filter(({ branch, ahead, uncommitted }) => branch || ahead + uncommitted > 0).map((one) => ({
    key: `w${one.name}`, branch: one.branch || WITHOUT_BRANCH, base: one.base_branch || one.base?.slice(0, 8) || null, ahead: one.ahead, uncommitted: one.uncommitted,
    diffUrl: `/api/projects/${encodeURIComponent(projectId)}/worktrees/${encodeURIComponent(one.name)}/diff`,
    copy: { name: one.name, path: one.path, inUse: one.in_use },
  }));
  // What is in a copy is told with that, and with what is not committed there.
  const others = branches.filter(({ name, ahead, diff_url }) => ahead > 0 && diff_url && !copies.some(({ branch }) => branch === name));
  return [...copies, ...others.map((one) => ({
    key: `b${one.name}`, branch: one.name, base: null, ahead: one.ahead, uncommitted: 0, diffUrl: one.diff_url, copy: null,
  }))];
}

/** What tells it from the others in a narrow list: "discount-codes" of "feature/discount-codes". @param {Change} change */
export const shortName = ({ branch }) => branch.split("/").pop() || branch;

/** How much it is, short enough for a narrow list. @param {Change} change */
export const changeCount = ({ ahead, uncommitted }) => ahead + uncommitted > 0 ? count(ahead + uncommitted, "change") : "nothing yet";

/** The same in full. @param {Change} change */
export function changeWords({ ahead, uncommitted }) {
  if (ahead + uncommitted === 0) return "Nothing was changed yet";
  const parts = [ahead > 0 && count(ahead, "commit"), uncommitted > 0 && `${count(uncommitted, "file")} not committed yet`];
  return parts.filter(Boolean).join(", ");
}

/** Whether something that happened may have changed it: for certain, or as one of many. @param {import("./state.js").Activity} activity @returns {"now" | "soon" | null} */
export function changeSorts({ kind, status, execution_id }) {
  if (kind === "status" && execution_id && ["RUNNING", "COMPLETED", "FAILED", "CANCELLED"].includes(status ?? "")) return "now";
  return kind === "file_change" ? "soon" : null;
}
