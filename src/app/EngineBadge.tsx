// What the engine computes on: adapter and features, or what is missing and what that means.

import { Button, Popover, UnstyledButton } from '@mantine/core';
import { bytes } from '../components/format.ts';
import type { EngineInfo } from '../protocol/index.ts';
import { restartEngine } from '../state/commands.ts';
import type { EngineSlice } from '../state/engine.ts';
import { SAVED_IS_SAFE, useWeft } from '../state/store.ts';
import styles from './Header.module.css';

const tones = { starting: undefined, ready: 'good', lost: 'bad' } as const;

export function EngineBadge() {
  const engine = useWeft((state) => state.engine);
  const limited = engine.state === 'ready' && (engine.info.engine === 'reference' || engine.info.software);
  const [kind, detail] = headline(engine);
  return (
    <Popover>
      <Popover.Target>
        <UnstyledButton className={styles.pill}>
          <i className={styles.dot} data-tone={limited ? 'warn' : tones[engine.state]} aria-hidden="true" />
          <span>
            {kind}
            {detail && <span className={styles.adapter}> · {detail}</span>}
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>{explanation(engine)}</Popover.Dropdown>
    </Popover>
  );
}

function headline(engine: EngineSlice): [kind: string, detail?: string] {
  if (engine.state === 'starting') return ['Starting the engine'];
  if (engine.state === 'lost') return [engine.restarting ? 'Starting again' : 'Engine stopped'];
  const { info } = engine;
  if (info.engine === 'reference') return ['No WebGPU', 'small models only'];
  const adapter = [info.vendor, info.architecture].filter(Boolean).join(' ') || info.description;
  const subgroups = info.features.includes('subgroups') ? ' · subgroups' : '';
  const name = info.software ? 'software adapter' : capitalised(adapter);
  return ['WebGPU', `${name}${subgroups} · ${info.features.includes('shader-f16') ? 'f16' : 'f32'}`];
}

/** Vendors are reported in lower case: "nvidia", "apple". */
function capitalised(adapter: string): string {
  const known: Readonly<Record<string, string>> = { nvidia: 'NVIDIA', amd: 'AMD', arm: 'ARM' };
  const [first = '', ...rest] = adapter.split(' ');
  return [known[first] ?? first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ');
}

function explanation(engine: EngineSlice) {
  if (engine.state === 'starting')
    return <p>The engine looks for a graphics processor. This takes a moment.</p>;
  if (engine.state === 'lost') {
    return (
      <>
        <p>{engine.error.message}</p>
        <p className={styles.small}>{SAVED_IS_SAFE}</p>
        <Button mt={10} onClick={restartEngine} loading={engine.restarting}>
          Start the engine
        </Button>
      </>
    );
  }
  return (
    <>
      <p>{meaning(engine.info)}</p>
      <Facts info={engine.info} />
    </>
  );
}

function meaning(info: EngineInfo): string {
  if (info.engine === 'reference') {
    const reason = info.reason ? `${info.reason} ` : 'This browser offers no WebGPU. ';
    return `${reason}Weft computes on the processor instead: the tiny preset works, slowly. For more, open this page in a current Chrome or Edge.`;
  }
  if (info.software) {
    return 'WebGPU runs here without a graphics processor, on the CPU. Everything works, slowly. If this computer has one, turn on hardware acceleration in the browser’s settings.';
  }
  return 'The engine trains and generates on this computer’s graphics processor.';
}

function Facts({ info }: { readonly info: EngineInfo }) {
  const facts: readonly (readonly [string, string])[] = [
    ['Adapter', [info.vendor, info.architecture, info.description].filter(Boolean).join(', ')],
    ['Largest buffer', info.maxBufferBytes > 0 ? bytes(info.maxBufferBytes) : ''],
    ['Chosen', info.ladder.join(', ')],
    ['Features', info.features.join(', ')],
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
