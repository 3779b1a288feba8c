import { ApiProperty } from '@nestjs/swagger';
import { IsName } from '../../clubs/dto/fields';
import { IsId } from '../../common/ids';
import { Language } from '../letters';
import { IsAddress, IsCookieWish, IsLanguage, IsLinkToken, IsPassword } from './fields';

export class RegisterDto {
  @ApiProperty({ example: 1 })
  @IsId()
  club_id: number;

  @IsAddress()
  email: string;

  @ApiProperty({ example: 'Alex', maxLength: 120 })
  @IsName()
  name: string;

  @IsPassword('Of the account to be.')
  password: string;

  @IsLanguage()
  language?: Language;

  @IsCookieWish()
  cookie?: boolean;
}

export class ConfirmRegistrationDto {
  @IsLinkToken()
  token: string;

  @IsPassword('The one that was chosen: who clicks and who registered are the same.')
  password: string;

  @IsCookieWish()
  cookie?: boolean;
}

export class RegistrationFacts {
  @ApiProperty({ example: 1 })
  club_id: number;

  @ApiProperty({ example: 'Padel Club du Lac' })
  name: string;

  @ApiProperty({ example: true, description: 'Always: where players may not register, the answer is a 404.' })
  open: true;
}

/** What is answered whether there is an account or not. */
export class MailOnItsWayAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ example: 'If this address can be used, a mail is on its way to it.' })
  message: string;
}

export const MAIL_ON_ITS_WAY: MailOnItsWayAnswer = {
  success: true,
  message: 'If this address can be used, a mail is on its way to it.',
};
