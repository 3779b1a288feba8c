import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AppConfig } from '../config/app-config';
import { HealthViewer } from '../health/health-viewer';
import {
  ACCESS_SECONDS,
  AccessTokensService,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
} from './access-tokens.service';
import { AccessGuard } from './access.guard';
import { AccountsService } from './accounts.service';
import { AdminAccountsService } from './admin-accounts.service';
import { AuditService } from './audit.service';
import { AuthController } from './auth.controller';
import { AuthService } from './auth.service';
import { AuthCookies } from './cookies';
import { DayLimits } from './day-limits';
import { DeviceCookies } from './device-cookies';
import { AdminHealthViewer } from './health-viewer';
import { JwtStrategy } from './jwt.strategy';
import { LoginThrottle } from './login-throttle';
import { MediaUrls } from './media-urls.service';
import { OwnPassword } from './own-password';
import { PasswordHasher } from './password-hasher';
import { PrincipalsService } from './principals.service';
import { RepeatedDeeds } from './repeated-deeds';
import { RolesGuard } from './roles.guard';
import { SignInAnswers } from './sign-in-answers';
import { SignInListService } from './sign-in-list.service';
import { SigningKeys } from './signing-keys';
import { SignInsService } from './sign-ins.service';

/**
 * Who asks, and whether they may. Importing it once puts the guards before every route: bearer token first, then
 * `@Roles()`. What it exports is there for every room.
 */
@Global()
@Module({
  imports: [
    PassportModule,
    JwtModule.registerAsync({
      inject: [AppConfig],
      useFactory: (config: AppConfig) => ({
        secret: new SigningKeys(config).current.key,
        signOptions: {
          keyid: new SigningKeys(config).current.id,
          algorithm: TOKEN_ALGORITHM,
          issuer: TOKEN_ISSUER,
          audience: TOKEN_AUDIENCE,
          expiresIn: ACCESS_SECONDS,
        },
      }),
    }),
  ],
  controllers: [AuthController],
  providers: [
    AccessTokensService,
    AccountsService,
    AdminAccountsService,
    AuditService,
    AuthCookies,
    AuthService,
    DayLimits,
    DeviceCookies,
    JwtStrategy,
    LoginThrottle,
    MediaUrls,
    OwnPassword,
    PasswordHasher,
    PrincipalsService,
    RepeatedDeeds,
    SignInAnswers,
    SignInListService,
    SigningKeys,
    SignInsService,
    { provide: HealthViewer, useClass: AdminHealthViewer },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
  ],
  exports: [
    AccountsService,
    AdminAccountsService,
    AuditService,
    AuthCookies,
    AuthService,
    HealthViewer,
    MediaUrls,
    OwnPassword,
    PasswordHasher,
    PrincipalsService,
    RepeatedDeeds,
    SignInAnswers,
    SignInListService,
    SignInsService,
  ],
})
export class AuthModule {}
