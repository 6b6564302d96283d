// A player of a sound that may still grow, and what it does.

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { samplesOf } from '../../data/audio/mulaw.ts';
import { Player, type PlayerState } from '../playback/player.ts';

export interface Playing {
  readonly state: PlayerState;
  /** The sample that is heard; null where nothing plays. */
  readonly position: number | null;
  readonly player: Player;
}

/** `bytes` are mu-law samples; `whole` tells that all have come. */
export function usePlayer(bytes: Uint8Array, rateHz: number, whole: boolean): Playing {
  const now = useRef({ bytes, whole });
  useEffect(() => {
    now.current = { bytes, whole };
  }, [bytes, whole]);
  const [player] = useState(() => new Player(growing(rateHz, () => now.current)));
  const state = useSyncExternalStore(player.subscribe, () => player.state);
  const [position, setPosition] = useState<number | null>(null);
  useEffect(() => () => player.stop(), [player]);
  useEffect(() => {
    if (state === 'stopped') {
      setPosition(null);
      return;
    }
    let frame = requestAnimationFrame(function look() {
      setPosition(player.position);
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [player, state]);
  return { state, position, player };
}

/** Decodes what has come anew only when there is more of it. */
function growing(rateHz: number, now: () => { readonly bytes: Uint8Array; readonly whole: boolean }) {
  let decoded: { readonly bytes: Uint8Array; readonly samples: Float32Array } | undefined;
  return {
    rateHz,
    read() {
      const { bytes, whole } = now();
      if (decoded?.bytes !== bytes) decoded = { bytes, samples: samplesOf(bytes) };
      return { samples: decoded.samples, whole };
    },
  };
}
