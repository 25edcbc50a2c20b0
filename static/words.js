// The words and icons for what the wire says in capitals. One place, so that the list, the chat and the feed agree.

/** @typedef {import("./state.js").Execution} Execution */

/** What each command is called in front of people. */
const COMMANDS = {
  prime: { title: "Analyze the codebase", doing: "Analyzing the codebase" },
  validate: { title: "Run the checks", doing: "Running the checks" },
  "plan-feature": { title: "Plan a feature", doing: "Planning a feature" },
  "plan-feature-github": { title: "Plan a feature", doing: "Planning a feature" },
  execute: { title: "Build a feature", doing: "Building a feature" },
  "execute-github": { title: "Build a feature", doing: "Building a feature" },
};

/** The API says PLAN_FEATURE_GITHUB in records and plan-feature-github in the feed. @param {string | null | undefined} command */
export function kebab(command) {
  return (command ?? "").toLowerCase().replaceAll("_", "-");
}

/** @param {string | null | undefined} command */
export function commandWords(command) {
  const name = kebab(command);
  return COMMANDS[/** @type {keyof typeof COMMANDS} */ (name)] ?? { title: name || "Command", doing: name ? `Running ${name}` : "Working" };
}

/**
 * The word for where an execution stands, and its tone (a CSS class).
 * @param {Partial<Execution>} execution
 * @param {boolean} [isCutOff] whether this page hears nothing of it just now
 * @param {boolean} [isAsking] whether its coding agent waits for a person
 * @returns {{ word: string, tone: "queued" | "running" | "waiting" | "stalled" | "done" | "failed" | "stopped" }}
 */
export function statusWords(execution, isCutOff = false, isAsking = false) {
  switch (execution.status) {
    case "QUEUED": return { word: "queued", tone: "queued" };
    case "RUNNING":
      if (isCutOff) return { word: "no news", tone: "stalled" };
      if (isAsking) return { word: "waiting for you", tone: "waiting" };
      return execution.stalled ? { word: "stalled", tone: "stalled" } : { word: "running", tone: "running" };
    case "COMPLETED": return { word: "done", tone: "done" };
    case "CANCELLED": return { word: "stopped", tone: "stopped" };
    case "FAILED": return { word: execution.error_code === "interrupted" ? "interrupted" : "failed", tone: "failed" };
    default: return { word: "waiting for news", tone: "queued" };
  }
}

/** What an error code of an execution means, for people who did not write it. @type {Record<string, string>} */
const ERROR_CODES = {
  scar_unavailable: "SCAR, where the coding agent works, did not answer",
  scar_rejected: "SCAR, where the coding agent works, would not do this",
  scar_restarted: "SCAR, where the coding agent works, was restarted in the middle",
  timed_out: "It took longer than its time limit",
  agent_error: "The coding agent reported an error",
  agent_missing: "This needs a coding agent, and none is connected",
  workspace_missing: "The project's folder is missing",
  checks_failed: "The checks did not go through",
  interrupted: "It was interrupted before its end",
};

/** @param {string | null | undefined} code */
export function errorWords(code) {
  return code ? (ERROR_CODES[code] ?? code.replaceAll("_", " ")) : "It failed";
}

/** Where a phase of the workflow stands: its word, its tone and its icon. @type {Record<import("./workflow.js").PhaseStatus, { word: string, tone: string, icon: string }>} */
const PHASES = {
  PENDING: { word: "to come", tone: "queued", icon: "circle" },
  IN_PROGRESS: { word: "in progress", tone: "running", icon: "play" },
  AWAITING_APPROVAL: { word: "waiting for you", tone: "waiting", icon: "hand" },
  PAUSED: { word: "paused", tone: "waiting", icon: "pause" },
  FAILED: { word: "failed", tone: "failed", icon: "alert" },
  COMPLETED: { word: "done", tone: "done", icon: "check" },
};

/** @param {import("./workflow.js").Phase} phase */
export const phaseWords = ({ status }) => PHASES[status] ?? PHASES.PENDING;

/** What became of a gate. @type {Record<import("./workflow.js").GateStatus, { word: string, icon: string }>} */
const GATES = {
  PENDING: { word: "Waiting for your approval", icon: "hand" },
  APPROVED: { word: "Approved", icon: "check" },
  REJECTED: { word: "Rejected", icon: "close" },
  EXPIRED: { word: "No longer asked: its time is over", icon: "clock" },
  WITHDRAWN: { word: "No longer asked", icon: "stop" },
};

/** @param {{ status?: string | null }} gate */
export const gateWords = ({ status }) => GATES[/** @type {keyof typeof GATES} */ (status)] ?? GATES.PENDING;

/** @type {Record<string, string>} */
const TOOL_ICONS = {
  read: "file", notebookread: "file", ls: "folder", list: "folder", glob: "search", grep: "search", search: "search", websearch: "search",
  bash: "terminal", run: "terminal", edit: "pencil", multiedit: "pencil", write: "pencil", notebookedit: "pencil", webfetch: "globe", todowrite: "list", task: "agent",
};

/** What sort of work a tool does, in the words of the Agent Client Protocol. @type {Record<string, string>} */
const WORK_ICONS = {
  read: "file", edit: "pencil", delete: "trash", move: "move", search: "search", execute: "terminal", think: "thought", fetch: "globe", switch_mode: "gear",
};

/** @type {Record<string, string>} */
const KIND_ICONS = {
  status: "flag", text: "text", tool: "wrench", tool_result: "result", file_change: "pencil", plan: "list", usage: "gauge",
  thinking: "thought", pm: "agent", message: "bubble", system: "info", error: "alert",
};

/** What happened on GitHub. @type {Record<string, string>} */
const GITHUB_ICONS = {
  issue_opened: "issue", issue_reopened: "issue", issue_closed: "check", github_mentioned: "bubble", github_answered: "bubble", github_refused: "stop", github_given_up: "alert", pull_request_linked: "pull", pull_request_opened: "pull", pull_request_reopened: "pull",
  pull_request_merged: "merge", pull_request_closed: "close", checks_passed: "check", checks_failed: "alert",
};

/** A phase that begins is a flag, and so is one whose status says nothing more. @type {Record<string, string>} */
const PHASE_ICONS = { AWAITING_APPROVAL: "hand", PAUSED: "pause", FAILED: "alert", COMPLETED: "check" };

/** @param {{ kind: string, tool?: string | null, status?: string | null, data?: any }} activity */
export function iconOf(activity) {
  if (activity.kind === "tool") return WORK_ICONS[activity.data?.kind] ?? TOOL_ICONS[(activity.tool ?? "").toLowerCase()] ?? "wrench";
  if (activity.data?.raw) return "dot";
  if (activity.kind === "status") {
    const icons = { QUEUED: "clock", RUNNING: "play", COMPLETED: "check", FAILED: "alert", CANCELLED: "stop" };
    return icons[/** @type {keyof typeof icons} */ (activity.status)] ?? "flag";
  }
  if (activity.kind === "gate") return gateWords(activity).icon;
  if (activity.kind === "phase") return PHASE_ICONS[activity.status ?? ""] ?? "flag";
  if (activity.kind === "pm") return GITHUB_ICONS[activity.status ?? ""] ?? KIND_ICONS.pm;
  if (activity.kind === "message" && activity.data?.role === "user") return "person";
  return KIND_ICONS[activity.kind] ?? "dot";
}

/** From which verbosity on a kind is shown, for a server that does not say. @type {Record<string, number>} */
const LEVELS = { tool: 2, file_change: 2, plan: 2, text: 2, usage: 2, tool_result: 3, thinking: 3 };

/** @param {{ kind: string, verbosity?: number | null }} activity */
export function levelOf(activity) {
  return activity.verbosity ?? LEVELS[activity.kind] ?? 1;
}
