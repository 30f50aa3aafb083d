import { connect } from 'node:net';
import { AnswerReader } from './answer-reader.mjs';

/** A client that sends its next request as soon as the answer to the last one is complete. */
export class LeanClient {
  #options;
  #socket;
  #reader = new AnswerReader();
  #sentAt = 0;
  #firstAt = 0;
  #last = false;
  #done;

  /**
   * @param {object} options
   * @param {string} options.host
   * @param {number} options.port
   * @param {Buffer} options.request head and body
   * @param {() => void} [options.onFirst] the first event of an answer is there
   * @param {(milliseconds: number, toFirst: number) => void} options.onAnswer
   * @param {(reason: string) => void} options.onFailure an answer that is none; the client stops
   */
  constructor(options) {
    this.#options = options;
    /** Resolves when it was stopped and its connection is closed. */
    this.ended = new Promise((resolve) => (this.#done = resolve));
  }

  /** Connects and begins. */
  start() {
    const { host, port } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('end', () => this.#fail('the connection was closed'));
    this.#send();
  }

  /** Lets the running answer come to its end, then closes. */
  finish() {
    this.#last = true;
  }

  /** Closes at once, in the middle of an answer. */
  leave() {
    this.#last = true;
    this.#close();
  }

  #send() {
    this.#reader.reset();
    this.#firstAt = 0;
    this.#sentAt = performance.now();
    this.#socket.write(this.#options.request);
  }

  #take(bytes) {
    const complete = this.#reader.take(bytes);
    if (this.#firstAt === 0 && this.#reader.begun) {
      this.#firstAt = performance.now();
      this.#options.onFirst?.();
    }
    if (!complete) return;
    const { fault } = this.#reader;
    if (fault !== undefined) return this.#fail(fault);
    this.#options.onAnswer(performance.now() - this.#sentAt, this.#firstAt - this.#sentAt);
    if (this.#last) this.#close();
    else if (this.#reader.closes) this.#reconnect();
    else this.#send();
  }

  #reconnect() {
    this.#silence();
    this.start();
  }

  #fail(reason) {
    this.#close();
    this.#options.onFailure(reason);
  }

  #close() {
    if (this.#socket) this.#silence();
    this.#done();
  }

  #silence() {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {}); // Nobody waits for what still comes.
    this.#socket.destroy();
  }
}
