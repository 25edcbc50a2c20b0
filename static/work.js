// The work of a coding agent as git has it, as values: a copy of the project in which it works, or a branch it made. Pure.

import { count } from "./format.js";

/**
 * As on the wire (`GET …/worktrees`, `GET …/branches`). `uncommitted` is a number of files, `ahead` of commits.
 * @typedef {{ name: string, path: string, branch: string | null, base: string, base_branch?: string | null, ahead: number, uncommitted: number, exists_since?: string | null, in_use: boolean }} Worktree
 * @typedef {{ name: string, ahead: number, is_current: boolean, diff_url: string }} Branch
 */
/**
 * One line of the list: `copy` is the copy it is in, if it has one.
 * @typedef {{ key: string, branch: string, base: string | null, ahead: number, uncommitted: number, diffUrl: string, isCurrent: boolean, copy: { name: string, path: string, inUse: boolean } | null }} Change
 */

/** @param {string} projectId @param {Worktree[]} worktrees @param {Branch[]} branches @returns {Change[]} */
export function changesOf(projectId, worktrees, branches) {
  const copies = worktrees.map((one) => ({
    key: `w${one.name}`, branch: one.branch || one.name, base: one.base_branch || one.base?.slice(0, 8) || null, ahead: one.ahead, uncommitted: one.uncommitted,
    diffUrl: `/api/projects/${encodeURIComponent(projectId)}/worktrees/${encodeURIComponent(one.name)}/diff`, isCurrent: false,
    copy: { name: one.name, path: one.path, inUse: one.in_use },
  }));
  // What is in a copy is told with that, and with what is not committed there.
  const others = branches.filter(({ name, diff_url }) => diff_url && !copies.some(({ branch }) => branch === name));
  return [...copies, ...others.map((one) => ({
    key: `b${one.name}`, branch: one.name, base: null, ahead: one.ahead, uncommitted: 0, diffUrl: one.diff_url, isCurrent: one.is_current, copy: null,
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
