/** The sound of the metronome, in any audio context. */

const BEAT_HZ = 1000;
const ONE_HZ = 1600;
const CLICK_S = 0.035;
const ATTACK_S = 0.001;

/** Let one click sound at `whenS` of the context's clock; return the source, so it can be stopped. */
export function click(context, output, { whenS, accent }) {
  const source = context.createOscillator();
  const shape = context.createGain();
  source.type = 'square';
  source.frequency.value = accent ? ONE_HZ : BEAT_HZ;
  shape.gain.setValueAtTime(0, whenS);
  shape.gain.linearRampToValueAtTime(accent ? 1 : 0.55, whenS + ATTACK_S);
  shape.gain.exponentialRampToValueAtTime(0.001, whenS + CLICK_S);
  source.connect(shape).connect(output);
  source.start(whenS);
  source.stop(whenS + CLICK_S);
  return source;
}

/** Return which moment of the context's clock is heard now. */
export function heardNowS(context) {
  const stamp = context.getOutputTimestamp?.();
  if (stamp?.contextTime > 0) {
    return stamp.contextTime + (performance.now() - stamp.performanceTime) / 1000;
  }
  return context.currentTime - (context.outputLatency || context.baseLatency || 0);
}

/** Return a clicker that makes its audio context when it is first needed. */
export function createClicker() {
  let context = null;
  let output = null;
  let volume = 1;
  let sounding = new Set();

  function open() {
    if (context) return;
    context = new AudioContext({ latencyHint: 'interactive' });
    output = context.createGain();
    output.gain.value = volume;
    output.connect(context.destination);
  }

  return {
    /** Open the sound; browsers want this to happen while a key or the screen is touched. */
    async resume() {
      open();
      if (context.state !== 'running') await context.resume();
    },
    setVolume(level) {
      volume = level;
      if (output) output.gain.value = level;
    },
    heardNowS: () => (context ? heardNowS(context) : 0),
    play(clicks) {
      if (context?.state !== 'running') return;
      for (const each of clicks) {
        const whenS = Math.max(each.whenS, context.currentTime);
        const source = click(context, output, { ...each, whenS });
        sounding.add(source);
        source.onended = () => sounding.delete(source);
      }
    },
    silence() {
      sounding.forEach((source) => source.stop());
      sounding = new Set();
    },
    close() {
      context?.close();
      context = null;
    },
  };
}
