import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, MaxLength, MinLength } from 'class-validator';
import { IsId } from '../../common/ids';
import { OwnUserView } from '../user-view';
import { IfPresent } from '../../common/if-present.decorator';

/** Longer than any password that can be set; bounds the work of refusing one. */
const MAX_PASSWORD_INPUT = 1024;

export class LoginDto {
  @ApiProperty({ example: 'desk@club.example' })
  @IsString()
  @MinLength(1)
  @MaxLength(254)
  email: string;

  @ApiProperty({ example: 'correct horse battery' })
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_PASSWORD_INPUT)
  password: string;

  @ApiPropertyOptional({ description: 'true: the refresh token comes as an HttpOnly cookie (browsers).' })
  @IfPresent()
  @IsBoolean()
  cookie?: boolean;
}

export class RefreshDto {
  @ApiPropertyOptional({ description: 'Left out by browsers that signed in with `cookie: true`.' })
  @IfPresent()
  @IsString()
  @MinLength(1)
  @MaxLength(256)
  refresh_token?: string;
}

export class ChangePasswordDto {
  @ApiProperty()
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_PASSWORD_INPUT)
  current_password: string;

  @ApiProperty({ minLength: 8, maxLength: 128 })
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  new_password: string;
}

export class SwitchClubDto {
  @ApiProperty({ example: 2 })
  @IsId()
  club_id: number;
}

/** What a sign-in, a refresh and a change of club answer. */
export class TokensAnswer {
  @ApiProperty({ description: 'JWT for `Authorization: Bearer`.' })
  access_token: string;

  @ApiPropertyOptional({ description: 'Good once. Absent where it travels as a cookie.' })
  refresh_token?: string;

  @ApiProperty({ example: 'Bearer' })
  token_type: 'Bearer';

  @ApiProperty({ example: 600, description: 'Seconds the access token is good for.' })
  expires_in: number;

  @ApiProperty({ type: OwnUserView })
  user: OwnUserView;
}
