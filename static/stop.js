// Stopping what runs: the wishes of stopping.js, tied to this page.

import { api } from "./api.js";
import { isEnded } from "./execution.js";
import { effect } from "./lib.js";
import { createStops } from "./stopping.js";
import { recall, remember } from "./storage.js";
import { active, dispatch, notice, state, stopping } from "./store.js";

const stops = createStops({
  wishes: stopping,
  cancel: api.cancel,
  told(record) {
    if (record?.id && record.project_id) dispatch({ type: "execution/received", projectId: record.project_id, record });
  },
  refused: (problem) => { notice.value = `The command could not be stopped: ${problem}`; },
  keep: (ids) => remember("stopping", ids),
});

/** What was to be stopped before a reload still is; and a wish is done with when its command has ended. */
export function startStopping() {
  for (const id of recall("stopping", [])) stops.stop(id);
  effect(() => {
    for (const { executions } of Object.values(state.value.views)) {
      for (const id of Object.keys(stopping.value)) if (isEnded(executions[id]?.status)) stops.ended(id);
    }
  });
}

/** Ends what is running; the feed brings the proof. */
export function stopCommand(executionId = active.value?.id) {
  if (executionId) stops.stop(executionId);
}
