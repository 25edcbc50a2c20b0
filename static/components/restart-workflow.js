// Asks before a workflow begins again: what begins anew, and what stays.

import { html, useState } from "../lib.js";
import { closeDialog } from "../store.js";
import { restartWorkflow } from "../workflow-actions.js";
import { Dialog } from "./dialog.js";

export function RestartWorkflow() {
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    const failure = await restartWorkflow();
    setBusy(false);
    if (failure) setProblem(failure);
    else closeDialog();
  };
  return html`
    <${Dialog} title="Start the workflow over?" onClose=${closeDialog} onSubmit=${submit} begin="keep" footer=${html`
      <button type="button" name="keep" class="button" onClick=${closeDialog}>Leave it as it is</button>
      <button type="submit" class="button danger" disabled=${isBusy}>${isBusy ? "Starting over…" : "Start over"}</button>`}>
      ${problem && html`<div class="strip" data-tone="bad" role="alert"><p>${problem}</p></div>`}
      <div class="goes-stays">
        <h3>What begins anew</h3>
        <p>All phases, from the first one on: write “start the workflow” to begin. What waits for your approval is no longer asked.</p>
        <h3>What stays</h3>
        <p>The conversation, the documents, the code, and every step that was recorded.</p>
      </div>
    <//>`;
}
