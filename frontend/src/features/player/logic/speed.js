/** Speeds in whole percent, so that steps add up exactly. */

export const SLOWEST_PERCENT = 50;
export const FASTEST_PERCENT = 125;
export const STEP_PERCENT = 5;

/** Return the nearest speed the player offers. */
export function clampSpeed(percent) {
  if (!Number.isFinite(percent)) return 100;
  const onStep = Math.round(percent / STEP_PERCENT) * STEP_PERCENT;
  return Math.min(Math.max(onStep, SLOWEST_PERCENT), FASTEST_PERCENT);
}

/**
 * Return the speed of the next pass of a tempo ladder.
 *
 * Every `everyPasses` passes it is a step faster, until `topPercent`; a speed above stays.
 */
export function climb({ speedPercent, passesDone, everyPasses, stepPercent, topPercent }) {
  if (passesDone === 0 || passesDone % everyPasses !== 0) return speedPercent;
  if (speedPercent >= topPercent) return speedPercent;
  return clampSpeed(Math.min(speedPercent + stepPercent, topPercent));
}
