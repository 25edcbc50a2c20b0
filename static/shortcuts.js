// The keys of the page: one list for what they do and for the help that tells of them. Letters do nothing while somebody
// writes or while a dialog is open.

import { focusComposer, focusSearch, focusedSeq, moveStep } from "./focus.js";
import { chooseVerbosity } from "./lookup.js";
import { currentId, dialog, hasLetterKeys, menu, tab } from "./store.js";
import { copyLink, copyStep } from "./take.js";

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** @type {{ keys: string[], words: string, needs?: "project" | "step", run: (key: string) => void }[]} */
export const LETTERS = [
  { keys: ["/"], words: "Search the steps", needs: "project", run: focusSearch },
  { keys: ["f"], words: "Filter the steps", needs: "project", run: openFilter },
  { keys: ["j"], words: "Next step", needs: "project", run: () => moveStep(1) },
  { keys: ["k"], words: "Previous step", needs: "project", run: () => moveStep(-1) },
  { keys: ["l"], words: "Copy the link to the step you are on", needs: "step", run: () => void copyLink(focusedSeq() ?? 0) },
  { keys: ["c"], words: "Copy the text of the step you are on", needs: "step", run: () => void copyStep(focusedSeq() ?? 0) },
  { keys: ["1", "2", "3"], words: "Show little, the steps, or everything", needs: "project", run: (key) => chooseVerbosity(Number(key)) },
  { keys: ["m"], words: "Write a message", needs: "project", run: focusComposer },
  { keys: ["?"], words: "Show these keys", run: () => { dialog.value = "help"; } },
];

/** Those that work everywhere, or that a part of the page knows by itself. */
export const OTHERS = [
  { keys: [isMac ? "⌘" : "Ctrl", "K"], words: "Find a project, a command, an action" },
  { keys: ["Enter"], words: "In the search: next hit; with Shift the one before" },
  { keys: ["Esc"], words: "End the search, close what is open" },
  { keys: ["Enter"], words: "In the chat: send; with Shift a new line" },
];

export function openFilter() {
  tab.value = "activity";
  menu.value = "filter";
}

export function startShortcuts() {
  addEventListener("keydown", onKey);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.isComposing || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (dialog.value === null || dialog.value === "help") dialog.value = "palette";
    else if (dialog.value === "palette") dialog.value = null;
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !hasLetterKeys.value || isWriting(event.target) || document.querySelector("dialog[open]")) return;
  const one = LETTERS.find(({ keys }) => keys.includes(event.key));
  if (!one || (one.needs && currentId.value === null) || (one.needs === "step" && focusedSeq() === null)) return;
  event.preventDefault();
  one.run(event.key);
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}
