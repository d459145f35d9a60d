// Work that the shell may refuse: whether it was done, and what to show if it was not.
import { asProblem, type Problem } from '../backend';

/** A stop is no problem, though nothing was done. */
export async function attempted(
  work: () => Promise<unknown>,
): Promise<{ done: boolean; problem: Problem | null }> {
  try {
    await work();
    return { done: true, problem: null };
  } catch (error) {
    const problem = asProblem(error);
    return { done: false, problem: problem.code === 'cancelled' ? null : problem };
  }
}
