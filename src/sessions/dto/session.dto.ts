import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsString, Length, Matches } from 'class-validator';
import { IsAddress } from '../../accounts/dto/fields';
import { IsId, IsSessionId } from '../../common/ids';
import { PageQuery } from '../../common/pagination';
import { IfPresent } from '../../common/if-present.decorator';

/** Eight letters and digits as people type them; which of them codes are made of is nobody's business. */
const JOIN_CODE = /^[\s-]*([A-Za-z0-9][\s-]*){8}$/;
/** Besides the owner. A match has four; a lesson has more. */
export const MAX_PLAYERS = 20;

export class CreateSessionDto {
  @ApiProperty({ example: 1 })
  @IsId()
  terrain_id: number;

  @ApiPropertyOptional({
    type: [Number],
    example: [12, 13, 14],
    description: 'The other players of the match, members of the club: they watch and download.',
  })
  @IfPresent()
  @IsArray()
  @ArrayMaxSize(MAX_PLAYERS)
  @ArrayUnique()
  @IsId({ each: true })
  player_ids?: number[];
}

export class SessionIdDto {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;
}

export class AddPlayerDto extends SessionIdDto {
  @ApiPropertyOptional({ example: 'player@club.example', maxLength: 254, description: 'Or `user_id`.' })
  @IfPresent()
  @IsAddress()
  email?: string;

  @ApiPropertyOptional({ example: 12, description: 'Or `email`.' })
  @IfPresent()
  @IsId()
  user_id?: number;
}

export class PlayerDto extends SessionIdDto {
  @ApiProperty({ example: 12 })
  @IsId()
  user_id: number;
}

export class JoinDto {
  @ApiProperty({
    example: 'K7PQ3XAB',
    maxLength: 32,
    description: "The session's `join_code`, in upper or lower case; spaces and hyphens do not matter.",
  })
  @IsString()
  @Length(1, 32)
  @Matches(JOIN_CODE, { message: 'must be a code of 8 letters and digits' })
  code: string;
}

export class SessionListQuery extends PageQuery {
  @ApiPropertyOptional({ type: Boolean, description: 'true: only sessions that are open now.' })
  @IfPresent()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  open?: boolean;
}
