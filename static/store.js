// The one place where the page's state lives. Components read signals; everyone who has news dispatches an action.

import { computed, effect, signal } from "./lib.js";
import { NO_FILTER, ignoresVerbosity } from "./filter.js";
import { activeExecution, emptyView, initialState, isCutOff, reduce } from "./state.js";
import { shown } from "./held.js";
import { recall, remember } from "./storage.js";
import { openGates } from "./workflow.js";

export const state = signal(initialState);

/** @param {any} action */
export function dispatch(action) {
  state.value = reduce(state.value, action);
}

export const currentId = computed(() => state.value.currentId);
export const projects = computed(() => state.value.projects);
export const project = computed(() => projects.value.find((p) => p.id === currentId.value) ?? null);
export const view = computed(() => state.value.views[currentId.value ?? ""] ?? emptyView);
/** The filter that is set in the open project. */
export const filter = computed(() => view.value.lens?.filter ?? NO_FILTER);
/** The part of the log that is on the screen: the newest, what is read back to, or what was asked for in their place. */
export const held = computed(() => view.value.lens ?? shown(view.value));
export const timeline = computed(() => held.value.timeline);
/** The verbosity of what is on the screen. */
export const level = computed(() => ignoresVerbosity(filter.value) ? 3 : verbosity.value);
export const active = computed(() => activeExecution(view.value));
/** What waits in the open project for a person's approval, the newest first. */
export const gates = computed(() => openGates(view.value.flow));
/** The list of the last time, which is given again while it is the same: then what reads it is not drawn again. */
const askingBefore = { ids: /** @type {string[]} */ ([]) };
/** The commands of the open project whose coding agent waits for a person. */
export const asking = computed(() => {
  const ids = gates.value.flatMap(({ execution_id }) => execution_id ? [execution_id] : []);
  if (ids.join() !== askingBefore.ids.join()) askingBefore.ids = ids;
  return askingBefore.ids;
});
export const cutOff = computed(() => isCutOff(view.value));

/** What belongs to this browser alone, not to the server. */
export const verbosity = signal(/** @type {number} */ (recall("verbosity", 2)));
/** The pane a narrow window shows. */
export const tab = signal(/** @type {"projects" | "chat" | "activity"} */ (recall("tab", "chat")));
effect(() => remember("tab", tab.value));
/** What is shown in place of the three panes. */
export const page = signal(/** @type {import("./route.js").Route["page"]} */ (null));
export const dialog = signal(/** @type {"create" | "settings" | "delete" | "palette" | "help" | "restart" | "document" | "changes" | null} */ (null));
/** The project a dialog is about, if it is not the open one, and the field it begins at. */
export const dialogAbout = signal(/** @type {{ projectId: string, field?: string } | null} */ (null));
export const closeDialog = () => {
  dialog.value = null;
  dialogAbout.value = null;
};
/** What somebody wants stopped and what has not ended yet. */
export const stopping = signal(/** @type {import("./stopping.js").Wishes} */ ({}));
/** A sentence about something just tried that did not work; a person closes it. */
export const notice = signal(/** @type {string | null} */ (null));

/** Which of the toolbar's menus is open. */
export const menu = signal(/** @type {"filter" | "take" | null} */ (null));
/** Whether single letters do something; who dictates or types by accident can turn them off. */
export const hasLetterKeys = signal(/** @type {boolean} */ (recall("letterKeys", true)));
/** A word that something was done of which nothing else is to be seen; it goes by itself. */
export const toast = signal(/** @type {{ text: string, at: number } | null} */ (null));

/** @param {boolean} isOn */
export function setLetterKeys(isOn) {
  hasLetterKeys.value = isOn;
  remember("letterKeys", isOn);
}

/** @param {number} level */
export function setVerbosity(level) {
  verbosity.value = level;
  remember("verbosity", level);
}

/** The clock everything relative reads. It stands still while no one looks. */
export const now = signal(Date.now());
/** The same, slower: ages in long lists need no redraw each second. */
export const nowSlow = signal(Date.now());

const SLOW_MS = 10_000;

export function startClock() {
  const tick = () => {
    if (document.hidden) return;
    now.value = Date.now();
    if (now.value - nowSlow.value >= SLOW_MS) nowSlow.value = now.value;
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => {
    nowSlow.value = 0;
    tick();
  });
}
