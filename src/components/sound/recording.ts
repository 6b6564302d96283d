// A recording from the microphone: how loud it is while it lasts, and a file when it ends.

export interface Recording {
  /** How loud it was in the last tenth of a second and a little more, from 0 to 1. */
  level(): number;
  /** Ends it. Null where nothing was recorded. */
  stop(): Promise<File | null>;
}

const refusals: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The browser did not allow the microphone. Allow it beside the address, and press Record again.',
  NotFoundError: 'There is no microphone here. Open a sound file instead.',
  NotReadableError: 'Another program uses the microphone. Close it, and press Record again.',
};

/** Begins to record, or says why it cannot. */
export async function record(): Promise<Recording | string> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      // Made for calls, these change what is heard.
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    return refusals[name] ?? 'The microphone could not be opened. Open a sound file instead.';
  }
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  // More than passes between two looks at the level, so that no sound is too short to be seen.
  analyser.fftSize = 8192;
  context.createMediaStreamSource(stream).connect(analyser);
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const ended = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  recorder.start(1000);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    },
    async stop() {
      if (recorder.state !== 'inactive') recorder.stop();
      await ended;
      for (const track of stream.getTracks()) track.stop();
      await context.close();
      const type = recorder.mimeType;
      const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
      return size > 0
        ? new File(pieces, `recording.${type.includes('mp4') ? 'm4a' : 'weba'}`, { type })
        : null;
    },
  };
}
