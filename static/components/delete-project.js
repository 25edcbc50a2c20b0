// Asks before a project is deleted: what goes, what stays, and why it cannot be done just now.

import { html, useState } from "../lib.js";
import { deleteProject } from "../actions.js";
import { runningIn } from "../state.js";
import { closeDialog, state } from "../store.js";
import { commandWords } from "../words.js";
import { Dialog } from "./dialog.js";

/** @param {{ project: import("../state.js").Project }} props */
export function DeleteProject({ project }) {
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const running = runningIn(state.value, project);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    const failure = await deleteProject(project.id);
    setBusy(false);
    if (failure) setProblem(failure.message);
    else closeDialog();
  };
  return html`
    <${Dialog} title=${`Delete “${project.name}”?`} onClose=${closeDialog} onSubmit=${submit} begin="keep" footer=${html`
      <button type="button" name="keep" class="button" onClick=${closeDialog}>Keep it</button>
      <button type="submit" class="button danger" disabled=${isBusy}>${isBusy ? "Deleting…" : "Delete project"}</button>`}>
      ${problem ? html`<div class="strip" data-tone="bad" role="alert"><p>${problem}</p></div>`
        : running && html`<div class="strip" data-tone="warn"><p>${commandWords(running.command).doing} has not ended. Stop it first, then the project can be deleted.</p></div>`}
      <div class="goes-stays">
        <h3>What goes</h3>
        <p>Its conversation and every step that was recorded, for everybody. This cannot be undone.</p>
        <h3>What stays</h3>
        <p>${project.workspace_path ? html`The folder with the code, as it is now: <span class="path">${project.workspace_path}</span>` : "The code, wherever it is kept: nothing there is touched."}</p>
      </div>
    <//>`;
}
