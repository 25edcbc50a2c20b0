// What the palette offers just now: the projects, what can be asked for, and what can be done with the page.

import { goTo, sendMessage, startNewTopic, stopCommand } from "./actions.js";
import { setTheme } from "./appearance.js";
import { openChange } from "./changes.js";
import { wake } from "./connection.js";
import { setDraft } from "./drafts.js";
import { openDocument } from "./documents.js";
import { NO_FILTER, isEmpty } from "./filter.js";
import { focusComposer, focusGate, focusNewestGate, focusSearch } from "./focus.js";
import { placeOf } from "./format.js";
import { showHints } from "./hints.js";
import { askToFix, isListOpen, openList } from "./issue-actions.js";
import { issuesOf } from "./issues.js";
import { backToNewest, chooseVerbosity, setFilter } from "./lookup.js";
import { isPermission } from "./permission.js";
import { openFilter } from "./shortcuts.js";
import { active, currentId, dialog, filter, gates, project, projects, tab, view } from "./store.js";
import { copyLog } from "./take.js";
import { changeWords } from "./work.js";
import { commandWords } from "./words.js";
import { canContinue, isStarted } from "./workflow.js";
import { continueWorkflow } from "./workflow-actions.js";

/** @typedef {{ id: string, group: string, label: string, more?: string, icon: string, run: () => void }} Entry */

/** @type {{ value: import("./appearance.js").Theme, label: string, icon: string }[]} */
const THEMES = [
  { value: "light", label: "Light colours", icon: "sun" },
  { value: "dark", label: "Dark colours", icon: "moon" },
  { value: "system", label: "Colours as the system has them", icon: "screen" },
];

/** @returns {Entry[]} */
export function paletteEntries() {
  return [...projectEntries(), ...(project.value ? [...workflowEntries(), ...commandEntries(), ...documentEntries(), ...changeEntries(), ...issueEntries(), ...stepEntries()] : []), ...pageEntries()];
}

/** @returns {Entry[]} */
function projectEntries() {
  return projects.value.filter(({ id }) => id !== currentId.value).map((one) => ({
    id: one.id, group: "Projects", label: one.name, more: [placeOf(one), one.description].filter(Boolean).join(" "), icon: "folder", run: () => goTo(one.id),
  }));
}

/** @returns {Entry[]} */
function workflowEntries() {
  const group = "Workflow";
  const { flow } = view.value;
  return [
    ...gates.value.slice(0, 1).map((gate) => ({ id: "gate", group, label: `Answer: ${gate.question}`, more: "approve reject approval allow permission waiting", icon: "hand", run: isPermission(gate) ? () => focusGate(gate.id) : focusNewestGate })),
    ...(canContinue(flow) ? [{ id: "continue", group, label: "Continue the workflow", more: "resume phase", icon: "play", run: () => void continueWorkflow() }] : []),
    ...(flow.isLoaded && !isStarted(flow) ? [ask("Start the workflow", "flag", group)] : []),
    ...(isStarted(flow) ? [{ id: "restart", group, label: "Start the workflow over…", more: "reset phases", icon: "refresh", run: () => { dialog.value = "restart"; } }] : []),
  ];
}

/** @returns {Entry[]} */
function documentEntries() {
  return (view.value.documents ?? []).map((one) => ({
    id: one.id, group: "Documents", label: `Read: ${one.name}`, more: `document ${one.type}`, icon: one.type === "plan" ? "list" : "file", run: () => openDocument(one),
  }));
}

/** @returns {Entry[]} */
function changeEntries() {
  return (view.value.changes ?? []).map((one) => ({
    id: one.key, group: "Changes", label: `What was changed: ${one.branch}`, more: `diff branch worktree copy ${changeWords(one)}`, icon: "branch", run: () => openChange(one),
  }));
}

/** Where the project has a repository: the list, and those of it that are known. @returns {Entry[]} */
function issueEntries() {
  const group = "Issues";
  if (!project.value?.github_repo_url) return [];
  const { list } = issuesOf(view.value.issues, project.value.github_repo_url).open;
  const show = () => { tab.value = "projects"; openList(!isListOpen.value); };
  return [
    { id: "list", group, label: isListOpen.value ? "Hide the issues" : "Show the issues", more: "github bugs", icon: "issue", run: show },
    ...(list ?? []).map((one) => ({ id: String(one.number), group, label: `Fix issue ${one.number}: ${one.title}`, more: one.labels.join(" "), icon: "issue", run: () => askToFix(one) })),
  ];
}

/** @returns {Entry[]} */
function commandEntries() {
  const group = "Commands";
  const running = active.value;
  return [
    ...(running ? [{ id: "stop", group, label: `Stop: ${commandWords(running.command).title}`, icon: "stop", run: () => void stopCommand(running.id) }] : []),
    ask("Analyze the codebase", "search", group),
    ask("Run the checks", "check", group),
    { id: "plan", group, label: "Plan a feature…", more: "write build", icon: "list", run: () => begin("Plan a feature: ") },
    { id: "topic", group, label: "New conversation", more: "reset topic", icon: "refresh", run: () => void startNewTopic() },
  ];
}

/** Says it in the chat. @param {string} text @param {string} icon @param {string} group @returns {Entry} */
const ask = (text, icon, group) => ({ id: text, group, label: text, icon, run: () => { tab.value = "chat"; sendMessage(text); } });

/** Leaves the rest of the sentence to the person. @param {string} text */
function begin(text) {
  if (currentId.value) setDraft(currentId.value, text);
  focusComposer();
}

/** @returns {Entry[]} */
function stepEntries() {
  const group = "Activity";
  const see = (/** @type {() => void} */ run) => () => { tab.value = "activity"; run(); };
  return [
    { id: "search", group, label: "Search the steps", more: "find", icon: "search", run: focusSearch },
    { id: "filter", group, label: "Filter the steps", icon: "filter", run: openFilter },
    { id: "errors", group, label: "Show only what went wrong", more: "errors failed", icon: "alert", run: see(() => void setFilter({ ...NO_FILTER, errors: true })) },
    ...(isEmpty(filter.value) ? [] : [{ id: "clear", group, label: "Clear the filter", icon: "close", run: see(() => void setFilter(NO_FILTER)) }]),
    { id: "newest", group, label: "Go to the newest step", more: "end follow", icon: "down", run: see(backToNewest) },
    { id: "brief", group, label: "Show the steps in brief", icon: "text", run: see(() => chooseVerbosity(1)) },
    { id: "steps", group, label: "Show each step", icon: "text", run: see(() => chooseVerbosity(2)) },
    { id: "all", group, label: "Show everything, with raw results", more: "verbosity", icon: "text", run: see(() => chooseVerbosity(3)) },
    { id: "take", group, label: "Copy the steps as text", more: "markdown", icon: "copy", run: () => void copyLog() },
  ];
}

/** @returns {Entry[]} */
function pageEntries() {
  const group = "This page";
  return [
    { id: "create", group, label: "New project", more: "create add", icon: "plus", run: () => { dialog.value = "create"; } },
    ...(project.value ? [
      { id: "settings", group, label: "Project settings", more: "rename folder", icon: "gear", run: () => { dialog.value = "settings"; } },
      { id: "delete", group, label: "Delete this project…", more: "remove", icon: "trash", run: () => { dialog.value = "delete"; } },
      { id: "wake", group, label: "Reconnect now", more: "connection live", icon: "pulse", run: wake },
    ] : []),
    ...THEMES.map(({ value, label, icon }) => ({ id: value, group, label, more: "theme appearance mode", icon, run: () => setTheme(value) })),
    { id: "hints", group, label: "Explain the three panes", more: "help", icon: "info", run: showHints },
    { id: "help", group, label: "Keyboard shortcuts", more: "help keys", icon: "keyboard", run: () => { dialog.value = "help"; } },
  ];
}
