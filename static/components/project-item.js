// One project in the list: its name, whether it is at work, and where its code lies.

import { html } from "../lib.js";
import { ago, placeOf, shortPath, toMs } from "../format.js";
import { projectHash } from "../route.js";
import { runningIn } from "../state.js";
import { currentId, cutOff, nowSlow, state, tab } from "../store.js";
import { commandWords, statusWords } from "../words.js";

/** @param {import("../state.js").Project} project */
function whatItDoes(project) {
  const running = runningIn(state.value, project);
  if (running) {
    const { word, tone } = statusWords(running, cutOff.value && project.id === currentId.value);
    const { title, doing } = commandWords(running.command);
    return { tone, text: tone === "running" ? doing : `${word[0].toUpperCase()}${word.slice(1)}: ${title}` };
  }
  if (project.needs_attention) return { tone: "stalled", text: "Waiting for you" };
  return { tone: "idle", text: "" };
}

/** @param {{ project: import("../state.js").Project }} props */
export function ProjectItem({ project }) {
  const isOpen = currentId.value === project.id;
  const { tone, text } = whatItDoes(project);
  const where = placeOf(project);
  const updated = toMs(project.updated_at);
  const quiet = where ? html`<bdi>${shortPath(where, 30)}</bdi>` : updated ? `Updated ${ago(updated, Math.max(nowSlow.value, Date.now()))}` : "";
  return html`
    <li>
      <a class="project" href=${projectHash(project.id)} aria-current=${isOpen ? "page" : undefined} onClick=${() => { tab.value = "chat"; }}
        title=${[project.name, project.description, where].filter(Boolean).join("\n")}>
        <span class="status-dot" data-tone=${tone} aria-hidden="true"></span>
        <span class="project-text">
          <span class="project-name">${project.name}</span>
          <span class=${!text && where ? "project-sub keep-end" : "project-sub"} data-tone=${tone}>${text || quiet}</span>
        </span>
      </a>
    </li>`;
}
