import type { ChunkChoice, FinishReason } from '../../core/chat.js';
import type { Healing, HealingReport } from './healing.js';
import { JsonPrefix } from './json-prefix.js';

/** How many characters the choices of a stream may still hold together. */
export interface Room {
  left: number;
}

/**
 * One choice of a stream on its way through healing. Text goes on as long as no repair could change it; the rest is
 * held back to the end of the choice.
 */
export class ChoiceStream {
  report: HealingReport | undefined;
  private readonly prefix = new JsonPrefix();
  private text = '';
  /** Characters of the text that went out. */
  private sent = 0;
  private isOpen = true;

  constructor(
    private readonly index: number,
    private readonly healing: Healing,
    private readonly room: Room,
  ) {}

  /** What of the next piece of this choice may go out now. The piece itself where nothing has to change. */
  take(choice: ChunkChoice): readonly ChunkChoice[] {
    if (!this.isOpen) return [choice];
    const { delta, finish_reason: finish } = choice;
    if (delta.tool_calls?.length) return this.letThrough(choice);
    const piece = delta.content ?? '';
    this.room.left -= piece.length;
    if (this.room.left < 0) {
      this.report = { healed: false, steps: [], valid: null };
      return this.letThrough(choice);
    }
    this.text += piece;
    this.prefix.push(piece);
    const held = this.text.length - this.sent;
    const free = finish === null ? this.prefix.safe - this.sent : 0;
    if (finish !== null) return this.finished(choice, finish, piece.length === held);
    if (free === held && piece.length === held) {
      this.sent = this.text.length;
      return [choice];
    }
    return this.withText(choice, free);
  }

  /** The rest, where the stream ended without a word on this choice. */
  end(): readonly ChunkChoice[] {
    if (!this.isOpen) return [];
    const rest = this.rest(null);
    return rest === '' ? [] : [this.chunk(rest)];
  }

  /** What was held back, as it came: for a stream that broke off. */
  release(): readonly ChunkChoice[] {
    if (!this.isOpen) return [];
    this.isOpen = false;
    const rest = this.text.slice(this.sent);
    return rest === '' ? [] : [this.chunk(rest)];
  }

  private letThrough(choice: ChunkChoice): readonly ChunkChoice[] {
    return [...this.release(), choice];
  }

  /** The last piece; as it is where it holds all that is left and that stays as it is. */
  private finished(
    choice: ChunkChoice,
    finish: FinishReason,
    holdsAll: boolean,
  ): readonly ChunkChoice[] {
    const raw = this.text.slice(this.sent);
    const rest = this.rest(finish);
    if (rest === raw && holdsAll) return [choice];
    const { content: _content, ...delta } = choice.delta;
    const last: ChunkChoice = { ...choice, delta };
    return rest === '' ? [last] : [this.chunk(rest), last];
  }

  /** The healed rest where it continues what went out, else the rest as it came. */
  private rest(finish: FinishReason | null): string {
    this.isOpen = false;
    const { text, sent } = this;
    if (text === '') return '';
    const { text: healed, ...report } = this.healing(text, finish);
    const continues = healed.startsWith(text.slice(0, sent));
    this.report = continues ? report : { healed: false, steps: [], valid: false };
    return (continues ? healed : text).slice(sent);
  }

  /** The piece with so many characters of what is held; gone where nothing is left of it. */
  private withText(choice: ChunkChoice, characters: number): readonly ChunkChoice[] {
    const { content: _content, ...rest } = choice.delta;
    const text = this.text.slice(this.sent, this.sent + characters);
    this.sent += text.length;
    const isEmpty = text === '' && Object.keys(rest).length === 0;
    if (isEmpty && !choice.logprobs) return [];
    const delta = text === '' ? rest : { ...rest, content: text };
    return [{ ...choice, delta }];
  }

  private chunk(content: string): ChunkChoice {
    return { index: this.index, delta: { content }, logprobs: null, finish_reason: null };
  }
}
