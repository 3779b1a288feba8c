import { ApiProperty } from '@nestjs/swagger';
import { Language } from '../letters';
import { IsAddress, IsLanguage, IsLinkToken, IsPassword } from './fields';

export class ForgotPasswordDto {
  @IsAddress()
  email: string;

  @IsLanguage()
  language?: Language;
}

export class AskResetDto {
  @IsLanguage()
  language?: Language;
}

export class ResetPasswordDto {
  @IsLinkToken()
  token: string;

  @IsPassword('The new one.')
  new_password: string;
}

export class ResetAnswer {
  @ApiProperty({ format: 'date-time', description: 'In an hour.' })
  expires_at: string;

  @ApiProperty({ example: false, description: "true: the link went to the person's address." })
  mailed: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://padel.example/panel/link#/reset/p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-',
    description: 'To hand over, where the service sends no mail. Shown this once. `null` where it was mailed.',
  })
  link: string | null;
}
