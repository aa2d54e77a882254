/** Render the metronome offline and find its clicks again. */

import { countsOf } from '../src/features/player/logic/counts.js';
import { clicksBetween } from '../src/features/player/logic/metronome.js';
import { readTimeline } from '../src/features/player/logic/timeline.js';
import { click } from '../src/features/player/media/clicker.js';

const SAMPLE_RATE_HZ = 44_100;
const LOUD = 0.05;
/** Clicks are shorter than this and beats farther apart. */
const APART_S = 0.1;

/** Return when clicks are heard in a rendering of the song at a speed, and when its beats are. */
export async function renderClicks(timeline, rate) {
  const { beats, ones, durationS } = readTimeline(timeline);
  const counts = countsOf({ beatsTotal: beats.length, ones });
  const context = new OfflineAudioContext(
    1,
    SAMPLE_RATE_HZ * (durationS / rate + 1),
    SAMPLE_RATE_HZ,
  );
  const anchor = { mediaS: 0, contextS: 0, rate };
  const laid = clicksBetween({ beats, counts, fromS: 0, toS: durationS, anchor });
  laid.forEach((each) => click(context, context.destination, each));
  const rendered = await context.startRendering();
  return {
    onsetsS: onsetsOf(rendered.getChannelData(0)),
    wantedS: beats.map((beat) => beat / rate),
  };
}

function onsetsOf(samples) {
  const onsetsS = [];
  samples.forEach((sample, place) => {
    const atS = place / SAMPLE_RATE_HZ;
    if (Math.abs(sample) > LOUD && !(atS - onsetsS.at(-1) < APART_S)) onsetsS.push(atS);
  });
  return onsetsS;
}
