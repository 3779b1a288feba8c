import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsEmail, IsIn, IsString, MaxLength } from 'class-validator';
import { Role } from '../../auth/principal';
import { UserView } from '../../auth/user-view';
import { IsId, ToInteger } from '../../common/ids';
import { IsName, MayBeLeftOut } from './fields';
import { IfPresent } from '../../common/if-present.decorator';

const ROLES: readonly Role[] = ['SUPER_ADMIN', 'CLUB_ADMIN', 'PLAYER'];

const lower = Transform(({ value }: { value: unknown }) => {
  return typeof value === 'string' ? value.trim().toLowerCase() : value;
});

export class CreateUserDto {
  @ApiProperty({ example: 'player@club.example', maxLength: 254 })
  @lower
  @IsEmail()
  @MaxLength(254)
  email: string;

  @ApiProperty({ example: 'Alex', maxLength: 120, description: 'Not changed where the person has an account already.' })
  @IsName()
  name: string;

  @ApiPropertyOptional({
    writeOnly: true,
    minLength: 8,
    maxLength: 128,
    description: 'Without one the person cannot sign in until one is set. Ignored where they have an account already.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1024)
  password?: string;

  @ApiProperty({ enum: ROLES, example: 'PLAYER' })
  @IsIn(ROLES)
  role: Role;

  @ApiPropertyOptional({ default: false, description: 'In this club.' })
  @MayBeLeftOut()
  @IsBoolean()
  disabled?: boolean;
}

export class UpdateUserDto {
  @ApiPropertyOptional({ example: 'player@club.example', maxLength: 254 })
  @MayBeLeftOut()
  @lower
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @ApiPropertyOptional({ example: 'Alex', maxLength: 120 })
  @MayBeLeftOut()
  @IsName()
  name?: string;

  @ApiPropertyOptional({ writeOnly: true, minLength: 8, maxLength: 128, description: 'Ends their sign-ins.' })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1024)
  password?: string;

  @ApiPropertyOptional({ enum: ROLES, description: 'In the club of `club_id`. Ends their sign-ins in it.' })
  @MayBeLeftOut()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({
    description: "By a club's admin: in their club. By a SUPER_ADMIN: everywhere. Ends their sign-ins.",
  })
  @MayBeLeftOut()
  @IsBoolean()
  disabled?: boolean;

  @ApiPropertyOptional({
    example: 1,
    description: 'The club `role` and `disabled` are about, where the person is in several.',
  })
  @MayBeLeftOut()
  @IsId()
  club_id?: number;
}

export class UserClubQuery {
  @ApiPropertyOptional({ type: 'integer', description: 'End the membership in this club only.' })
  @IfPresent()
  @ToInteger()
  @IsId()
  club_id?: number;
}

export class UserListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [UserView] })
  users: UserView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}
