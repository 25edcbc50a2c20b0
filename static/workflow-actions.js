// Asks the server how the open project's workflow stands, and tells it what a person decided about it.

import { Problem, api, words } from "./api.js";
import { createRefresh } from "./refresh.js";
import { currentId, dispatch, notice, state } from "./store.js";

const workflow = createRefresh({ load: readWorkflow });

/** Brings the open project's phases and open gates up to date. */
export const loadWorkflow = () => workflow.now();

async function readWorkflow() {
  const projectId = currentId.peek();
  if (!projectId) return;
  const asked = state.peek().views[projectId]?.cursor ?? 0;
  try {
    const [answer, gates] = await Promise.all([api.workflow(projectId), api.openGates(projectId)]);
    dispatch({ type: "workflow/loaded", projectId, workflow: answer, gates, asked });
  } catch (error) {
    // That the server is away, or the project, is said in its own place.
    const isSaid = error instanceof Problem && [0, 404].includes(error.status);
    dispatch({ type: "workflow/failed", projectId, problem: isSaid ? null : words(error) });
  }
}

/**
 * @param {string} gateId @param {"approve" | "reject"} decision @param {{ notes?: string, reason?: string, option?: string }} said
 * @returns {Promise<{ isFirst: boolean, problem: string | null }>} whether nobody had decided before, and why it was not stored
 */
export async function decide(gateId, decision, said) {
  const projectId = currentId.value;
  try {
    const answer = await api.decide(gateId, decision, said);
    const gate = answer.gate ?? answer;
    if (!gate.status || gate.id !== gateId) return { isFirst: false, problem: String(answer.detail ?? "It cannot be decided just now.") };
    dispatch({ type: "gate/received", projectId, gate });
    return { isFirst: answer.gate === undefined, problem: null };
  } catch (error) {
    return { isFirst: false, problem: words(error) };
  }
}

/** Goes on with the phase that is paused or has failed. */
export async function continueWorkflow() {
  await change(api.continueWorkflow, "The workflow could not go on");
}

/** Begins again with the first phase. @returns {Promise<string | null>} why it was not done */
export async function restartWorkflow() {
  return change(api.restartWorkflow, null);
}

/** @param {(projectId: string) => Promise<any>} ask @param {string | null} failure what is said if it does not work; without it, whoever asked says it */
async function change(ask, failure) {
  const projectId = currentId.value;
  if (!projectId) return null;
  try {
    dispatch({ type: "workflow/loaded", projectId, workflow: await ask(projectId), asked: Infinity });
    void loadWorkflow();
    return null;
  } catch (error) {
    if (failure) notice.value = `${failure}: ${words(error)}`;
    return words(error);
  }
}
