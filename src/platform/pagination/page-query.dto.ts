import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const LARGEST_PAGE = 200;
const DEFAULT_PAGE = 50;
const LONGEST_CURSOR = 512;

/** Which page of a list is asked for; lists with filters extend it. */
export class PageQueryDto {
  /** Entries of a page. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  limit: number = DEFAULT_PAGE;

  /** `next_cursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR)
  cursor?: string;
}
