import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem';
import { AccountsService } from './accounts.service';
import { Caller } from './caller';
import { LoginThrottle } from './login-throttle';
import { PasswordHasher } from './password-hasher';
import { Principal } from './principal';

/** Asks somebody who is signed in for their password again, before what cannot be undone. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly accounts: AccountsService,
    private readonly hasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * @param field that it came in
   * @throws ProblemException `validation_failed` (it is wrong), `too_many_attempts`, `overloaded`
   */
  async prove({ userId }: Principal, password: string, field: string, caller: Caller): Promise<void> {
    const attempt = this.throttle.attempt(`password of ${userId}`, caller.ip, null);
    if (!(await this.hasher.verify(await this.accounts.passwordHash(userId), password))) {
      throw new ProblemException('validation_failed', 'The current password is wrong.', {
        errors: [{ field, message: 'is not your current password' }],
      });
    }
    attempt.forgive();
  }
}
