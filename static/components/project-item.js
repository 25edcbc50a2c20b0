// One project in the list: its name, whether it is at work, whether there is something new, where its code lies, and of
// the open one its documents, its changes, and what GitHub has of it.

import { html } from "../lib.js";
import { timeTaken } from "../execution.js";
import { ago, placeOf, shortPath, ticking, toMs } from "../format.js";
import { projectHash } from "../route.js";
import { runningIn } from "../state.js";
import { isNews } from "../seen.js";
import { asking, currentId, cutOff, now, nowSlow, state, tab } from "../store.js";
import { commandWords, statusWords } from "../words.js";
import { ChangeList } from "./change-list.js";
import { DocumentList } from "./document-list.js";
import { IssueList } from "./issue-list.js";
import { ProjectMenu } from "./project-menu.js";
import { PullList } from "./pull-list.js";

/** @param {import("../state.js").Project} project */
function whatItDoes(project) {
  const running = runningIn(state.value, project);
  if (running) {
    const isOpen = project.id === currentId.value;
    const isAsking = isOpen ? asking.value.includes(running.id) : running.status === "RUNNING" && Boolean(project.needs_attention);
    const { word, tone } = statusWords(running, isOpen && cutOff.value, isAsking);
    const { title, doing } = commandWords(running.command);
    if (tone !== "running") return { tone, text: `${word[0].toUpperCase()}${word.slice(1)}: ${title}` };
    const ms = timeTaken(running, Math.max(now.value, Date.now()));
    return { tone, text: ms === null ? doing : `${doing} · ${ticking(ms)}` };
  }
  if (project.needs_attention) return { tone: "stalled", text: "Waiting for you" };
  if (project.status === "PAUSED") return { tone: "paused", text: "Paused until you continue" };
  if (isNews(project)) return { tone: "news", text: "New since you looked" };
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
    <li class="project-row">
      <a class="project" href=${projectHash(project.id)} aria-current=${isOpen ? "page" : undefined} onClick=${() => { tab.value = "chat"; }}
        title=${[project.name, project.description, where].filter(Boolean).join("\n")}>
        <span class="status-dot" data-tone=${tone} aria-hidden="true"></span>
        <span class="project-text">
          <span class="project-name">${project.name}</span>
          <span class=${!text && where ? "project-sub keep-end" : "project-sub"} data-tone=${tone}>${text || quiet}</span>
        </span>
      </a>
      <${ProjectMenu} project=${project} />
      ${isOpen && html`<${DocumentList} key=${project.id} /><${ChangeList} key=${`c${project.id}`} /><${OnGitHub} key=${`g${project.id}`} project=${project} />`}
    </li>`;
}

/** @param {{ project: import("../state.js").Project }} props */
function OnGitHub({ project }) {
  const { github_repo_url } = project;
  return github_repo_url && html`<${PullList} key=${`p${github_repo_url}`} /><${IssueList} key=${`i${github_repo_url}`} project=${project} />`;
}
