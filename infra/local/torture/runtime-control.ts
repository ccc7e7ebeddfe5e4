import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { StartError } from '../errors.ts';
import type { Command, Done, Order, RuntimeSettings, Up } from './runtime-protocol.ts';

/** The runtime as its torturer holds it; it may be ended in any way and started again on what it left. */
export interface RuntimeControl {
  /** Addresses and names; while it is down, those of the last start. */
  readonly about: () => Up;
  ask<Result>(command: Command): Promise<Result>;
  /** Ends it, by a signal that it notices or by one that it doesn't, and starts it again after `meanwhile`. */
  restart(signal: 'SIGKILL' | 'SIGTERM', meanwhile?: () => void): Promise<void>;
  stop(): Promise<void>;
}

export interface ControlSettings extends Omit<RuntimeSettings, 'port' | 'start' | 'isUnderFire' | 'shiftMs'> {
  /** Milliseconds by which its clocks are off when it starts. */
  readonly shift: () => number;
}

const clock = new URL('../faults/jumping-clock.ts', import.meta.url).href;
const program = fileURLToPath(new URL('./runtime-process.ts', import.meta.url));

/** Starts the runtime. Throws `StartError` with what it said when it does not come up. */
export async function startControlled({ shift, ...settings }: ControlSettings): Promise<RuntimeControl> {
  let starts = 0;
  let orders = 0;
  let isUnderFire = false;
  let child: ChildProcess;
  let about: Up | undefined;
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();

  const start = async () => {
    const shiftMs = shift();
    const all: RuntimeSettings = { ...settings, port: about?.port ?? 0, start: starts, shiftMs, isUnderFire };
    starts += 1;
    child = fork(program, [JSON.stringify(all)], {
      execArgv: ['--max-semi-space-size=16', `--import=${clock}?shift=${shiftMs}&most=0`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4_000);
    });
    const running = child;
    about = await new Promise<Up>((resolve, reject) => {
      running.on('message', (message: Up | Done) => {
        if (message.kind === 'up') return resolve(message);
        const { id, error, result } = message;
        const order = waiting.get(id);
        waiting.delete(id);
        if (error === undefined) order?.resolve(result as never);
        else order?.reject(new Error(error));
      });
      running.once('exit', (code, signal) => {
        for (const order of waiting.values()) order.reject(new Error('The runtime ended.'));
        waiting.clear();
        reject(new StartError(`The runtime did not start (${signal ?? code}):\n${said}`));
      });
    });
  };

  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };

  await start();
  return {
    about: () => about as Up,
    ask: (command) => {
      if (command === 'fire' || command === 'calm') isUnderFire = command === 'fire';
      orders += 1;
      const order: Order = { id: orders, command };
      return new Promise((resolve, reject) => {
        waiting.set(order.id, { resolve, reject });
        child.send(order, (error) => error && reject(error));
      });
    },
    restart: async (signal, meanwhile) => {
      await end(signal);
      meanwhile?.();
      await start();
    },
    stop: () => end('SIGTERM'),
  };
}
