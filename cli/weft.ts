// The command line: the same engine as the page's, from a terminal. What a person did wrong is one sentence on
// standard error and exit code 2; exit code 1 is for everything else that fails.

import { Failure } from '../src/lib/errors.ts';
import { benchHelp, runBench } from './bench.ts';
import { runCheck } from './check.ts';
import { runEval } from './eval.ts';
import { runInfo } from './info.ts';
import { runMake } from './make.ts';
import { runMask } from './mask.ts';
import { exit, Output } from './output.ts';
import { runPack } from './pack.ts';
import { runSample } from './sample.ts';
import { runTrain } from './train.ts';
import { runTune } from './tune.ts';

const help = `npm run --silent weft -- COMMAND [--json]

mask    which keys each query sees, as JSON
        --pattern dense|local|strided|fixed --length N --stride L [--summary-cells C]
        [--head H --heads K] [--factor 0|1 | --merged]
        --factors FACTOR[,FACTOR] --length N [--stride L] [--summary-cells C] [--dilation D]
        --preset NAME [--layer K] [--head H] [--length N]
        Factors: dense, local, column, ownBlock, summary, previousBlock, dilated, sink.
        Presets are those of the Patterns page: cifar10, enwik8, sinks, jukebox, ...

make    data that the page makes itself, as a file to train on
        --kind text|image|audio --out FILE [--seed S]
        text: [--bytes N]   pictures: [--pictures N] [--size S] [--channels 1|3]
        sound: [--seconds S] [--rate HZ]

train   --data FILE|FOLDER --preset tiny|small|medium | --config FILE   --out DIR
        [--kind text|image|audio|auto] [--max-items N]
        pictures: [--size S] [--channels 1|3]     sound: [--rate HZ]
        [--steps N] [--minutes M] [--seed S] [--micro-batch B] [--accumulation A] [--recompute]
        [--precision float32|mixed]
        [--learning-rate X] [--warmup-steps N] [--weight-decay X] [--evaluate-every N]
        [--name NAME] [--stop-after N] [--resume DIR] [--overwrite]
        Ctrl-C saves and stops; --resume DIR, with the same --data, goes on as if it had never
        stopped. A run is put in place of another only with --overwrite. --minutes counts
        training, not evaluation; the learning rate falls to 0 over the time, or the steps.
        Text; PNG, MNIST (IDX), CIFAR, .npy and .npz; WAV; also in zip, tar and gzip.

eval    bits per byte of data, with at least M bytes of context for each
        --weights FILE --data FILE|FOLDER [--kind KIND] [--max-items N]
        [--min-context M] [--part train|val|test|all]

sample  what a model makes up: text to a file or to standard output,
        pictures as one PNG file, sound as a WAV file
        --weights FILE [--kind KIND] [--out FILE] [--seed S]
        [--temperature T] [--top-k K] [--top-p P]
        text:     --length N [--prompt TEXT]
        pictures: [--samples N] [--prompt FILE.png [--keep-rows R]]
        sound:    --seconds S | --length N [--prompt FILE.wav] [--spectrogram FILE.png]

info    the graphics adapter and what the engine makes of it,
        or with --weights FILE what that file holds

pack    weights in float16, half the size, which every command and the page read as well
        --weights FILE --out FILE [--name NAME]

check   every kernel, and small models, on this machine against the float64 reference
        [--only WORDS] [--jobs N | --part I/N [--from K]]
        --jobs shares the cases out among processes, since compiling takes most of the time.

tune    which kernels are fastest on this machine's GPU, for train, eval, sample and check
        to use [--clear]; WEFT_TUNING=off leaves it aside, and bench measures without it

bench   how fast this machine is
        ${benchHelp}

train, eval, sample and info take --engine reference to compute without WebGPU.
--json prints one JSON value, or one a line for each step of training, measurement or case.`;

/** Runs a command and resolves with the exit code. */
type Command = (args: readonly string[], output: Output) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  make: runMake,
  mask: runMask,
  train: runTrain,
  eval: runEval,
  sample: runSample,
  info: runInfo,
  pack: runPack,
  check: runCheck,
  bench: runBench,
  tune: runTune,
};

export async function main(args: readonly string[]): Promise<never> {
  const [name = 'help', ...rest] = args;
  const output = new Output(rest.includes('--json'));
  try {
    if (['help', '--help', '-h'].includes(name) || rest.includes('--help')) {
      output.write(`${help}\n`);
      return await exit(0);
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) {
      throw new Failure(
        'bad-input',
        `There is no command "${name}". The commands are ${Object.keys(commands).join(', ')}; see: npm run weft -- help`,
      );
    }
    return await exit(await command(rest, output));
  } catch (error) {
    return await exit(output.failure(error));
  }
}
