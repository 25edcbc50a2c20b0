// What stands where projects will be: the checkout the server was started in, offered with one click, or the way to
// name another.

import { html, useState } from "../lib.js";
import { createProject } from "../actions.js";
import { newId } from "../storage.js";
import { dialog } from "../store.js";
import { Icon } from "./icon.js";

/** @param {{ suggested: { name: string, workspace_path: string, github_repo_url: string | null } | null }} props */
export function FirstProject({ suggested }) {
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [key] = useState(newId);
  const add = async () => {
    if (!suggested) return;
    setBusy(true);
    const { name, workspace_path, github_repo_url } = suggested;
    const failure = await createProject({ name, workspace_path, ...(github_repo_url ? { github_repo_url } : {}) }, key);
    setBusy(false);
    setProblem(failure ? [failure.message, ...failure.errors.map((e) => e.message)].join(" ") : null);
  };
  const choose = () => { dialog.value = "create"; };
  return html`
    <div class="empty wide">
      <span class="empty-icon"><${Icon} name=${suggested ? "agent" : "folder"} /></span>
      ${suggested ? html`
        <h3>Start with this folder?</h3>
        <p>Project Manager was started in a folder with code. Make it your first project, then say what you want done.</p>
        <div class="offer"><strong>${suggested.name}</strong><span class="path" title=${suggested.workspace_path}>${suggested.workspace_path}</span></div>
        ${problem && html`<p class="field-error" role="alert">${problem}</p>`}
        <button type="button" class="button primary" disabled=${isBusy} onClick=${add}>${isBusy ? "Adding…" : "Use as first project"}</button>
        <button type="button" class="link" onClick=${choose}>Choose another folder</button>` : html`
        <h3>Add your first project</h3>
        <p>A project is a folder with code on this machine, kept with git. Say which, then say here what you want done.</p>
        <button type="button" class="button primary" onClick=${choose}>Add a project</button>`}
    </div>`;
}
