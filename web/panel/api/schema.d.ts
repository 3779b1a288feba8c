// Made by "npm run api:types" from the OpenAPI document: not written by hand.
export interface paths {
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs in
         * @description Anyone. Also sets the media cookie, with which `<img>` and `<video>` load. The 401 is the same for a wrong password, an unknown address and an account that is disabled.
         */
        post: operations["AuthController_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trades the refresh token for a new pair
         * @description Whoever holds it. A refresh token is good once: used again, it ends the whole sign-in. Of requests at once with the same token exactly one wins; those that came in before its answer had left get a 401 and end nothing. Tabs of a browser share one cookie: let them take turns (a Web Lock around the refresh).
         */
        post: operations["AuthController_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs out
         * @description Self. Ends the access token, refresh token and media cookie.
         */
        post: operations["AuthController_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who I am, in the active club
         * @description Self. `password_chosen: false` says that a club's admin set the password: `memberships` has that club alone, and those in other clubs, if there are any, wait until I choose a password of my own.
         */
        get: operations["AuthController_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes my password
         * @description Self. My other sign-ins end. Where a club's admin set the one of before and I am in another club too, the new one still opens the club of that admin alone, who may be the one who changes it: a link proves more.
         */
        post: operations["AuthController_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/club": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes another of my clubs the active one
         * @description Self, with a membership in it. The refresh token of before is used up.
         */
        post: operations["AuthController_club"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What goes on in each club
         * @description SUPER_ADMIN.
         */
        get: operations["ClubsOverviewController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}/terrains/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How all courts of a club stand just now
         * @description The club's members and SUPER_ADMIN; made to be asked every few seconds. That a court is in use and records is told to everybody, whose session it is only to who may see it.
         */
        get: operations["CourtOverviewController_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}/terrains/outages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * When the cameras of a club's courts were away
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. Outages are kept for 90 days.
         */
        get: operations["CourtOverviewController_outages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}/cameras/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks for ONVIF cameras
         * @description The club's CLUB_ADMIN and SUPER_ADMIN; one search of a club at a time, five seconds at most. Asks the network that the service is in, and the addresses that are named. Only cameras at addresses that the club may have cameras at are told, and no camera is asked anywhere but at the address it answered from.
         */
        post: operations["CameraDiscoveryController_discover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists clubs
         * @description SUPER_ADMIN: all. Others: those they are members of.
         */
        get: operations["ClubsController_list"];
        put?: never;
        /**
         * Creates a club
         * @description SUPER_ADMIN.
         */
        post: operations["ClubsController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One club
         * @description Its members and SUPER_ADMIN.
         */
        get: operations["ClubsController_one"];
        put?: never;
        post?: never;
        /**
         * Deletes a club
         * @description SUPER_ADMIN. Soft: its videos stay.
         */
        delete: operations["ClubsController_delete"];
        options?: never;
        head?: never;
        /**
         * Changes a club
         * @description The club's CLUB_ADMIN and SUPER_ADMIN; `max_sessions`: SUPER_ADMIN.
         */
        patch: operations["ClubsController_update"];
        trace?: never;
    };
    "/api/clubs/{id}/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The club's logo
         * @description Its members and SUPER_ADMIN. Pages of shared matches have it too. `not_found`: also where it has none.
         */
        get: operations["ClubLogoController_show"];
        /**
         * Sets the club's logo
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. The body is the picture, at most 1 MiB. What is kept is a PNG of at most 512 pixels a side that is made of it; nothing else of the file is. SVG is refused.
         */
        put: operations["ClubLogoController_set"];
        post?: never;
        /**
         * Takes the club's logo away
         * @description The club's CLUB_ADMIN and SUPER_ADMIN.
         */
        delete: operations["ClubLogoController_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/terrains/{id}/cameras": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists a court's cameras
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. Position 0 is the main camera, as `camera` of the terrain.
         */
        get: operations["CourtCamerasController_list"];
        put?: never;
        /**
         * Adds a further camera to a court
         * @description The club's CLUB_ADMIN and SUPER_ADMIN; at most three besides the main one, each at the lowest free position. Sessions film with all of them; a match that is on has the new one within seconds. The camera is not dialled; test it afterwards.
         */
        post: operations["CourtCamerasController_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/terrains/{id}/cameras/{position}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a further camera away
         * @description The club's CLUB_ADMIN and SUPER_ADMIN; not the main one, and not while a session is open. Its videos stay.
         */
        delete: operations["CourtCamerasController_remove"];
        options?: never;
        head?: never;
        /**
         * Changes the name or the address of one of a court's cameras
         * @description The club's CLUB_ADMIN and SUPER_ADMIN; 0: the main one. An open session keeps the address it began with.
         */
        patch: operations["CourtCamerasController_change"];
        trace?: never;
    };
    "/api/terrains/{id}/cameras/{position}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dials one of a court's cameras and says what it is, or what is wrong
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. While it films a match the answer comes from there, without dialling.
         */
        post: operations["CourtCamerasController_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}/terrains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists a club's courts
         * @description Its members and SUPER_ADMIN.
         */
        get: operations["CourtsController_list"];
        put?: never;
        /**
         * Adds a court with its camera
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. The camera is not dialled; test it afterwards.
         */
        post: operations["CourtsController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/terrains/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One court
         * @description The club's members and SUPER_ADMIN.
         */
        get: operations["CourtsController_one"];
        put?: never;
        post?: never;
        /**
         * Deletes a court
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. Soft: its videos stay.
         */
        delete: operations["CourtsController_delete"];
        options?: never;
        head?: never;
        /**
         * Changes a court or its camera
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. An open session keeps the camera it began with.
         */
        patch: operations["CourtsController_update"];
        trace?: never;
    };
    "/api/terrains/{id}/camera/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dials a court's camera and says what it is, or what is wrong
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. While a session is open the answer comes from it, without dialling.
         */
        post: operations["CourtsController_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/terrains/{id}/camera/snapshot/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The picture of a camera test
         * @description The club's CLUB_ADMIN and SUPER_ADMIN, by bearer token or media cookie, for five minutes.
         */
        get: operations["CourtsController_snapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists a club's people
         * @description The club's CLUB_ADMIN and SUPER_ADMIN.
         */
        get: operations["UsersController_list"];
        put?: never;
        /**
         * Adds somebody to a club
         * @description The club's CLUB_ADMIN and SUPER_ADMIN; only SUPER_ADMIN makes a SUPER_ADMIN, who then is in no club. A person who has an account already becomes a member; their name and password stay theirs. A password that a CLUB_ADMIN sets opens this club alone until the person has chosen their own.
         */
        post: operations["UsersController_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One person
         * @description Their club's CLUB_ADMIN and SUPER_ADMIN.
         */
        get: operations["UsersController_one"];
        put?: never;
        post?: never;
        /**
         * Takes a person out of the club, or deletes the account
         * @description CLUB_ADMIN: ends the membership in their club, and the account with the last one. SUPER_ADMIN: deletes the account, or with `club_id` ends that membership. Soft: videos stay.
         */
        delete: operations["UsersController_remove"];
        options?: never;
        head?: never;
        /**
         * Changes a person
         * @description Their club's CLUB_ADMIN and SUPER_ADMIN. Name, address and password of somebody who is in other clubs too are not for a CLUB_ADMIN. Nobody changes their own role, or disables themselves. A password that a CLUB_ADMIN sets opens the club it is set in alone (`club_id`, else the active one) until the person has chosen their own; who becomes SUPER_ADMIN with such a password signs in once they have.
         */
        patch: operations["UsersController_update"];
        trace?: never;
    };
    "/api/clubs/{id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists a club's pending invitations
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. Links are not shown again.
         */
        get: operations["InvitationsController_list"];
        put?: never;
        /**
         * Invites somebody to a club
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. The link is good once, for seven days. Where the service sends no mail it is in the answer, for the admin to hand over. A second invitation of the same address replaces the first. An invitation ends with the rights of who made it.
         */
        post: operations["InvitationsController_invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{id}/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraws an invitation
         * @description The club's CLUB_ADMIN and SUPER_ADMIN.
         */
        delete: operations["InvitationsController_withdraw"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts an invitation
         * @description Whoever holds the link. Who has an account with the invited address gives its password and becomes a member; others get an account. Answers as a sign-in, in the club of the invitation; where the admin of another club set the account's password, in that club: the new membership waits until the person has chosen their own, here (`new_password`) or later. A link that was used, withdrawn or replaced, has run out, or never was one: all the same 410.
         */
        post: operations["InvitationsController_accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks for a new password
         * @description Anyone. The answer is always the same; where the address has an account and the service sends mail, a link comes that is good once, for an hour.
         */
        post: operations["PasswordResetsController_forgot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets a new password
         * @description Whoever holds the link. All sign-ins of the person end. Any link that is not good is the same 410.
         */
        post: operations["PasswordResetsController_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a link for a new password
         * @description Their club's CLUB_ADMIN and SUPER_ADMIN; not for oneself, and by a CLUB_ADMIN not for somebody who is in other clubs too. Where the service sends no mail the link is in the answer, for the admin to hand over.
         */
        post: operations["PasswordResetsController_handOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/registration/{clubId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The club one may register at
         * @description Anyone. 404 where the club does not let players register themselves (`registration_open`).
         */
        get: operations["RegistrationController_facts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Registers a player
         * @description Anyone, at a club that is open to it. The answer is the same whether the address has an account or not: what to do next comes by mail. The account is made when the mailed link, good once and for a day, is used.
         */
        post: operations["RegistrationController_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirms a registration
         * @description Whoever holds the link and knows the password that was chosen. Answers as a sign-in. Any link that is not good is the same 410; with another password it stays good.
         */
        post: operations["RegistrationController_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where I am signed in
         * @description Self.
         */
        get: operations["SignInListsController_own"];
        put?: never;
        post?: never;
        /**
         * Signs me out everywhere else
         * @description Self. All sign-ins but the present one end.
         */
        delete: operations["SignInListsController_revokeOthers"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends one of my sign-ins
         * @description Self. Its access token, refresh token and media cookie are dead at once; open streams within 10 s.
         */
        delete: operations["SignInListsController_revokeOwn"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a person is signed in
         * @description SUPER_ADMIN: everywhere. CLUB_ADMIN: in their club, of its people.
         */
        get: operations["SignInListsController_of"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends one of a person's sign-ins
         * @description SUPER_ADMIN: any. CLUB_ADMIN: one in their club, of its people.
         */
        delete: operations["SignInListsController_revokeOf"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/players/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a player to a match
         * @description The owner and the admins of the club, while the session is open and for 7 days after it. By `email` or `user_id`, one of the two: an active member of the club. At most 20 besides the owner. Who is in the match already stays in it.
         */
        post: operations["SessionPlayersController_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/players/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a player out of a match, or leaves it
         * @description A player may leave at any time. The admins of the club take out anybody at any time; the owner whom they will while the session is open, and for 7 days after it whom was added after it. What the player watches ends within 10 s. The session has another `join_code` then, unless they left by themselves. Who is not in the match is out of it: the same 200.
         */
        post: operations["SessionPlayersController_remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes part in a match by its code
         * @description Any active member of the session's club, while the session is open. A code that is unknown, of a session that has ended, or of another club is the same 404. Joining twice is joining once.
         */
        post: operations["SessionPlayersController_join"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Opens a camera session on a court
         * @description Any member of the club. Answers once the camera gave a real frame; the caller owns the session.
         */
        post: operations["SessionsController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Closes a session and frees its court
         * @description The owner and the admins of the club. Not while it records.
         */
        post: operations["SessionsController_close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists sessions, newest first
         * @description Admins: the active club's (SUPER_ADMIN: all). PLAYER: those they own or take part in.
         */
        get: operations["SessionsController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/session/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session
         * @description The owner, the other players of the match, the admins.
         */
        get: operations["SessionsController_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/media-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A URL for a player that sends neither headers nor cookies
         * @description As the session. Random, for this session and this purpose alone: `preview` (multipart MJPEG), `snapshot`, `play` (HLS; `video.mp4` in its place is the finished file), `download`. Ends with the sign-in it was made in, the right to see the session, its time, or by `DELETE`; what is being read through it ends within 10 s of that.
         */
        post: operations["MediaUrlController_issue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/media-url/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a media URL back
         * @description Whoever made it.
         */
        delete: operations["MediaUrlController_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/record/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts the recording of a session
         * @description The owner and the admins. Answers when the first pictures are on disk. One recording a session, ever.
         */
        post: operations["RecordingController_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/record/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves the end of a running recording
         * @description The owner and the admins.
         */
        post: operations["RecordingController_extend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/record/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops a recording and finishes its file
         * @description The owner and the admins. Waits at most 20 s for the finished file; else `recording.status` is `finalizing`. Again: the same answer.
         */
        post: operations["RecordingController_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/record/status/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a recording stands
         * @description The owner, the other players, the admins.
         */
        get: operations["RecordingController_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recording/{session_id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much moved in a match, second by second
         * @description The owner, the other players, the admins; while it is recorded, some seconds late, and afterwards. Goes with the video. It is seen by the main camera: nothing is known of angles.
         */
        get: operations["ActivityController_of"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recording/{session_id}/keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Keeps a recording from stopping by itself
         * @description The owner and the admins. Nobody has to play for another of the court's `auto_stop_minutes`; its planned end stays.
         */
        post: operations["ActivityController_keep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists finished videos, newest first
         * @description Members. Admins: the club's; PLAYER: those of sessions they own or took part in. `terrain_id`, `user_id`, `from` and `to` narrow that down, each by itself or together.
         */
        get: operations["FilesController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much there is, and how much room
         * @description Admins.
         */
        get: operations["FilesController_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One finished video
         * @description The owner, the other players, the admins.
         */
        get: operations["FilesController_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The MP4
         * @description The owner, the other players, the admins. Takes `Range`, `If-Range`, `If-None-Match`.
         */
        get: operations["FilesController_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/{id}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A picture of the match, for lists
         * @description The owner, the other players, the admins. At most 640 pixels wide, from about a tenth of the video on; made when it is first asked for, and kept. Takes `If-None-Match`. `thumbnail_unavailable`: none can be made of this file.
         */
        get: operations["FilesController_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/{id}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deletes a video for good
         * @description Admins. With its angles.
         */
        delete: operations["FilesController_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/{id}/compress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Codes a video anew, so that it takes less room
         * @description Admins. In the background, one at a time and behind everything else; how far it is stands in `compression` of the video. Its file is replaced only by one with the same pictures at the same times that is at least 20 % smaller; until then, and where it is not, it stays as it is. Asked for while it waits or runs, nothing happens.
         */
        post: operations["CompressionController_compress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists background work, newest first
         * @description SUPER_ADMIN: all of it. CLUB_ADMIN: of the active club. Work that has ended is kept for 14 days. A job is tried again, later each time, until it has had `max_attempts`.
         */
        get: operations["JobsController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancels a job
         * @description One that waits never begins; one that runs is ended. One that has ended stays as it is. SUPER_ADMIN and the admins of its club.
         */
        delete: operations["JobsController_cancel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/markers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the markers of a match, in its order
         * @description The owner, the other players, the admins.
         */
        get: operations["MarkersController_list"];
        put?: never;
        /**
         * Marks a moment of a match
         * @description The owner, the other players, the admins; while it is recorded and afterwards. The moment is `at_seconds` or `seconds_ago`, one of the two, and lies in the recording. At most 500 a session. Markers become chapters of the MP4.
         */
        post: operations["MarkersController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/markers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a marker away
         * @description Its author, the owner of the session, the admins.
         */
        delete: operations["MarkersController_delete"];
        options?: never;
        head?: never;
        /**
         * Changes a marker
         * @description Its author, the owner of the session, the admins.
         */
        patch: operations["MarkersController_change"];
        trace?: never;
    };
    "/api/video/highlights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the highlights of a match, in its order
         * @description The owner, the other players, the admins.
         */
        get: operations["HighlightsController_list"];
        put?: never;
        /**
         * Keeps a stretch of a match as a file of its own
         * @description The owner, the other players, the admins; while it is recorded and afterwards. The last `seconds` up to now, or from `start_seconds` to `end_seconds`. It is made in the background, as a rule within two seconds: ask for it again, or follow it in the list. The same press twice within two seconds is one. At most 200 a session.
         */
        post: operations["HighlightsController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/highlights/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One highlight
         * @description The owner of the session, the other players, the admins.
         */
        get: operations["HighlightsController_one"];
        put?: never;
        post?: never;
        /**
         * Deletes a highlight for good
         * @description Who made it, the owner of the session, the admins.
         */
        delete: operations["HighlightsController_delete"];
        options?: never;
        head?: never;
        /**
         * Changes what a highlight says
         * @description Who made it, the owner of the session, the admins.
         */
        patch: operations["HighlightsController_change"];
        trace?: never;
    };
    "/api/video/highlights/{id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The MP4 of a highlight
         * @description The owner of the session, the other players, the admins. Takes `Range`, `If-Range`, `If-None-Match`.
         */
        get: operations["HighlightsController_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/highlights/{id}/thumbnail.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A picture of the highlight, for lists
         * @description The owner of the session, the other players, the admins. At most 640 pixels wide, from its middle; made when it is first asked for, and kept. Takes `If-None-Match`.
         */
        get: operations["HighlightsController_thumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/terrains/{id}/button-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes the key of a court's physical button
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. It is shown this once; the one before opens nothing any more.
         */
        post: operations["CourtButtonsController_rotate"];
        /**
         * Takes a court's button its key
         * @description The club's CLUB_ADMIN and SUPER_ADMIN. Without one, nothing happens.
         */
        delete: operations["CourtButtonsController_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/button/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A press of the button at a court: keeps the last seconds of what is recorded there
         * @description Whoever has the key. At most 30 presses a minute; two within two seconds are one.
         */
        post: operations["CourtButtonsController_press"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the links of a match, newest first
         * @description The owner, the other players, the admins. What ended is listed for 90 days.
         */
        get: operations["SharesController_list"];
        put?: never;
        /**
         * Makes a link that shows a match to anybody
         * @description The owner, the other players, the admins; of a finished video, or a highlight that is ready: one of `session_id` and `highlight_id`. Good for a week unless said otherwise, at most a year, and at most 50 a match at a time. It ends with its time, by `DELETE`, with the video, while the club shares nothing, and while whoever made it may not see the match. `url` is in this answer alone.
         */
        post: operations["SharesController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/shares/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a link back
         * @description Who made it, the owner of the session, the admins. It answers 410 from then on, and what is being watched through it ends within 10 s.
         */
        delete: operations["SharesController_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The page of a shared match
         * @description Anybody who has the link. HTML in the language of `lang` or `Accept-Language`, with Open Graph and without names of people; asks for the pass-phrase where there is one. Who does not ask for HTML gets the problems as everywhere.
         */
        get: operations["SharePageController_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}/open": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives the pass-phrase of a shared match
         * @description Anybody who has the link. Sets a cookie for this one share, good for six hours. Wrong ones are counted.
         */
        post: operations["ShareMediaController_open"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}/video.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The MP4 of a shared match, to watch
         * @description Anybody who has the link. Takes `Range`, `If-Range`, `If-None-Match`. Ends within 10 s of the end of the share.
         */
        get: operations["ShareMediaController_video"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The MP4 of a shared match, to keep
         * @description As `video.mp4`, under a name of its own. `forbidden` where the share is to be watched only.
         */
        get: operations["ShareMediaController_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}/poster.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The picture of a shared match
         * @description At most 640 pixels wide.
         */
        get: operations["ShareMediaController_poster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}/card.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The picture for previews of the link
         * @description 1200 by 630 pixels, with the club's logo laid over.
         */
        get: operations["ShareMediaController_card"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{token}/logo.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The club's logo, for the page
         * @description `not_found`: it has none.
         */
        get: operations["ShareMediaController_logo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists a club's planned recordings
         * @description Members. A day of the club’s calendar, what has ended or was cancelled included; without `day`, what is ahead. A player sees of others’ only their times.
         */
        get: operations["BookingsController_list"];
        put?: never;
        /**
         * Plans a recording
         * @description Admins; players for themselves where the club has `players_book` (10 ahead at most). The service opens the session ten seconds before, records from `starts_at` to `ends_at` and goes on trying until the end where something is in the way. The session is the owner’s. Times of one court never overlap.
         */
        post: operations["BookingsController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/bookings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A planned recording
         * @description Members; of others’ a player sees only the time.
         */
        get: operations["BookingsController_one"];
        put?: never;
        post?: never;
        /**
         * Cancels a planned recording
         * @description Its owner and the admins, before it is recorded; stop the recording of one that is. Again: the same answer.
         */
        delete: operations["BookingsController_cancel"];
        options?: never;
        head?: never;
        /**
         * Changes a planned recording
         * @description Its owner and the admins, before it begins.
         */
        patch: operations["BookingsController_change"];
        trace?: never;
    };
    "/api/clubs/{clubId}/terrains/{id}/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A court's calendar, and how its last reading went
         * @description The admins of the club.
         */
        get: operations["CalendarsController_see"];
        /**
         * Lets a court's bookings follow a calendar
         * @description The admins of the club. An iCalendar file (RFC 5545) that is asked for every five minutes; its events of the next 14 days become bookings of whoever enters it, and follow it. What people booked keeps its time.
         */
        put: operations["CalendarsController_set"];
        post?: never;
        /**
         * Lets go of a calendar
         * @description The admins of the club. What it planned and has not begun is cancelled. Again: the same answer.
         */
        delete: operations["CalendarsController_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists who is told
         * @description The admins of the club.
         */
        get: operations["WebhooksController_list"];
        put?: never;
        /**
         * Has an address told of what happens in the club
         * @description The admins of the club. At most 10. The answer holds the secret that messages are signed with, this once.
         */
        post: operations["WebhooksController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A webhook
         * @description The admins of the club.
         */
        get: operations["WebhooksController_one"];
        put?: never;
        post?: never;
        /**
         * Deletes a webhook, with its log
         * @description The admins of the club.
         */
        delete: operations["WebhooksController_delete"];
        options?: never;
        head?: never;
        /**
         * Changes a webhook, or switches it off and on
         * @description The admins of the club.
         */
        patch: operations["WebhooksController_change"];
        trace?: never;
    };
    "/api/clubs/{clubId}/webhooks/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a webhook a new secret
         * @description The admins of the club. The answer holds it, this once. For 24 hours messages carry a signature of each of the two.
         */
        post: operations["WebhooksController_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/webhooks/{id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a webhook a message that says nothing
         * @description The admins of the club. Also one that is switched off. The log says what became of it, some seconds later.
         */
        post: operations["WebhooksController_ping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of the messages to a webhook
         * @description The admins of the club. Newest first.
         */
        get: operations["WebhooksController_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/webhooks/{id}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a message of the log again
         * @description The admins of the club. With the same id and words, whatever became of it before.
         */
        post: operations["WebhooksController_redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where else a club keeps its videos
         * @description SUPER_ADMIN and the admins of the club. Its keys are never shown.
         */
        get: operations["StorageController_get"];
        /**
         * Has a club keep its videos elsewhere too
         * @description SUPER_ADMIN and the admins of the club. Finished videos are copied there. Keys that are left out stay as they are, where the place is the same one. `storage_in_use`: another place only once nothing is in this one.
         */
        put: operations["StorageController_set"];
        post?: never;
        /**
         * Has a club keep its videos here only
         * @description SUPER_ADMIN and the admins of the club. `storage_in_use`: something is there. With `forget` copies stay there, where all files are here too.
         */
        delete: operations["StorageController_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clubs/{clubId}/storage/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries a club's storage out
         * @description SUPER_ADMIN and the admins of the club. Writes a small file there, reads it back and deletes it; at most 30 s.
         */
        post: operations["StorageController_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/files/{id}/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has a video's upload tried again
         * @description SUPER_ADMIN and the admins of its club. Nothing happens where it has not failed: it is made by itself. `storage_off`: the club's storage takes nothing.
         */
        post: operations["UploadsController_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{id}/stream.mjpeg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The court now, as an endless MJPEG stream
         * @description The owner, the other players, the admins. Takes the media cookie, so `<img src>` works. MJPEG cameras: their pictures untouched; H.264: 5 a second, 640 pixels wide. A slow reader skips to the newest picture. The stream is held open while the camera is away, and ends when the session closes or the right to watch is withdrawn. At most `MAX_PREVIEW_VIEWERS` a session.
         */
        get: operations["PreviewController_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{id}/snapshot.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The court now, as one JPEG
         * @description The owner, the other players, the admins. Asked more than once a second, the same picture.
         */
        get: operations["PreviewController_snapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{id}/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What there is to watch, and how it does
         * @description The owner, the other players, the admins. Also of a session that is over: `live` is false then.
         */
        get: operations["PreviewController_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{id}/review.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The match so far, as HLS
         * @description The owner, the other players, the admins. While it is recorded, while it is finished, and afterwards; see `docs/review.md`. Gzipped where accepted; `ETag`, `If-None-Match`.
         */
        get: operations["ReviewController_playlist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{id}/review/{part}/init.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a player needs before the first picture of a part of the match
         * @description Named by the playlist.
         */
        get: operations["ReviewController_init"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/{id}/review/{part}/media.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The pictures of a part of the match
         * @description Ranges named by the playlist. Takes `Range`, `If-Range`, `If-None-Match`; a byte never changes.
         */
        get: operations["ReviewController_media"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview/ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A ticket for the WebSocket of live video
         * @description Anyone signed in. Open `/api/preview/live` and send `{"ticket": "…"}` first; then subscribe to the sessions you may see, many over one connection. The messages are in `docs/live-protocol.md`.
         */
        post: operations["LiveTicketController_issue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is kept about me
         * @description Self. As a file in JSON; videos are named with where to download them.
         */
        get: operations["PrivacyController_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Everything that is kept about me, where I cannot sign in
         * @description Whoever shows an address and its password, also where the club is gone or disabled them. Throttled as a sign-in is.
         */
        post: operations["PrivacyController_exportProven"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erases my account
         * @description Self, with the password. For good: sign-ins, memberships, name, address, and the videos of my matches.
         */
        post: operations["PrivacyController_eraseMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erases my account, where I cannot sign in
         * @description Whoever shows an address and its password, also where the club is gone or disabled them. Throttled as a sign-in is. For good, as `POST /api/auth/me/erase`.
         */
        post: operations["PrivacyController_eraseProven"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erases somebody who asked for it
         * @description The club's CLUB_ADMIN, where the person is in no club but theirs, and SUPER_ADMIN. For good.
         */
        post: operations["PrivacyController_eraseUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/cleanup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Runs the clean-up now instead of at its next turn
         * @description SUPER_ADMIN: everywhere. CLUB_ADMIN: sessions, videos and files of the active club. Repeating it is harmless. A task that raises an alarm (`failed_tasks`) has left alone what it is about.
         */
        post: operations["CleanUpController_cleanUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, newest first
         * @description SUPER_ADMIN: everything. CLUB_ADMIN: what happened in the active club. The trail is only ever added to: no line is changed or deleted, by nobody.
         */
        get: operations["AuditController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same as a file for spreadsheets
         * @description As the list, whole: CSV in UTF-8 (with its mark), however long. Cells that would be formulas begin with an apostrophe. An export is itself a line of the trail.
         */
        get: operations["AuditController_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service can record. Open to anyone; `details` only for admins. */
        get: operations["HealthController_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers at all. For supervisors: where it does not, start it anew. */
        get: operations["HealthController_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/video/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether new work may be sent here. For load balancers. */
        get: operations["HealthController_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The service's figures in Prometheus's text format
         * @description With `METRICS_TOKEN` as bearer token. Where none is set: only for programs on the same machine that call directly, not through a proxy.
         */
        get: operations["MetricsController_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        LoginDto: {
            /** @example desk@club.example */
            email: string;
            /** @example correct horse battery */
            password: string;
            /** @description true: the refresh token comes as an HttpOnly cookie (browsers). */
            cookie?: boolean;
        };
        MembershipView: {
            /** @example 1 */
            club_id: number;
            /** @enum {string} */
            role: "CLUB_ADMIN" | "PLAYER";
        };
        OwnUserView: {
            /** @example 12 */
            id: number;
            /** @example desk@club.example */
            email: string;
            /** @example Front desk */
            name: string;
            /**
             * @description In the club of `club_id`.
             * @enum {string}
             */
            role: "SUPER_ADMIN" | "CLUB_ADMIN" | "PLAYER";
            /**
             * @description `null` for a SUPER_ADMIN.
             * @example 1
             */
            club_id: number | null;
            /** @description As far as the caller may know of them. */
            memberships: components["schemas"]["MembershipView"][];
            /**
             * @description Everywhere, or in the club of `club_id`.
             * @example false
             */
            disabled: boolean;
            /**
             * @description `false`: a club's admin set my password, and knows it, so that it opens that club alone: what I am in other clubs waits until I choose a password of my own. `POST /api/auth/password` does where I am in no other club yet; where I am, a link does (`POST /api/auth/password/forgot`, or from a SUPER_ADMIN).
             * @example true
             */
            password_chosen: boolean;
        };
        TokensAnswer: {
            /** @description JWT for `Authorization: Bearer`. */
            access_token: string;
            /** @description Good once. Absent where it travels as a cookie. */
            refresh_token?: string;
            /** @example Bearer */
            token_type: string;
            /**
             * @description Seconds the access token is good for.
             * @example 600
             */
            expires_in: number;
            user: components["schemas"]["OwnUserView"];
        };
        RefreshDto: {
            /** @description Left out by browsers that signed in with `cookie: true`. */
            refresh_token?: string;
        };
        ChangePasswordDto: {
            current_password: string;
            new_password: string;
        };
        SwitchClubDto: {
            /** @example 2 */
            club_id: number;
        };
        ClubOverviewView: {
            /** @example 1 */
            club_id: number;
            /** @example Padel Club du Lac */
            name: string;
            /** @example 6 */
            courts: number;
            /** @example 0 */
            cameras_offline: number;
            /** @example 3 */
            open_sessions: number;
            /**
             * @description Under way now.
             * @example 2
             */
            recordings: number;
            /**
             * @description Finished ones that are there.
             * @example 412
             */
            videos: number;
            /**
             * @description What these take.
             * @example 1112508334080
             */
            bytes: number;
        };
        ClubsOverviewAnswer: {
            /** @example true */
            success: boolean;
            clubs: components["schemas"]["ClubOverviewView"][];
            /**
             * @description Of this page.
             * @example 1
             */
            count: number;
            /** @description Absent on the last page. */
            next_cursor?: string;
        };
        CourtRecordingView: {
            /**
             * @example recording
             * @enum {string}
             */
            status: "starting" | "recording" | "reconnecting" | "stopping" | "finalizing" | "ready" | "failed";
            /** Format: date-time */
            started_at: string | null;
            /** Format: date-time */
            planned_end_at: string;
            /**
             * Format: date-time
             * @description Nobody plays: it stops by itself then.
             * @example null
             */
            auto_stop_at: string | null;
        };
        CourtOwnerView: {
            /** @example 12 */
            id: number;
            /** @example Camille */
            name: string;
        };
        CameraNowView: {
            /**
             * @description false: two looks in a row failed, or a session has had no picture for 30 s. `null`: not known yet.
             * @example true
             */
            online: boolean | null;
            /**
             * Format: date-time
             * @description Since when it is so.
             */
            since: string | null;
            /** Format: date-time */
            last_seen_at: string | null;
            /**
             * @description Why the newest look failed, or the session has no pictures: a code as errors have it.
             * @example null
             */
            code: string | null;
        };
        CourtStatusView: {
            /** @example 3 */
            terrain_id: number;
            /** @example Court 1 */
            name: string;
            /**
             * @description `connecting`, `live`, `reconnecting`: in session. Else `offline` where the camera is, and `free`.
             * @example live
             * @enum {string}
             */
            state: "free" | "connecting" | "live" | "reconnecting" | "offline";
            /**
             * Format: uuid
             * @description `null` without a session, and for players who do not take part.
             */
            session_id: string | null;
            /**
             * Format: date-time
             * @description Since when the state is so.
             */
            since: string;
            /** @description Of the open session; for everybody. */
            recording: components["schemas"]["CourtRecordingView"] | null;
            /** @description As `session_id`. */
            owner: components["schemas"]["CourtOwnerView"] | null;
            camera: components["schemas"]["CameraNowView"];
        };
        CourtStatusAnswer: {
            /** @example true */
            success: boolean;
            terrains: components["schemas"]["CourtStatusView"][];
            /** @example 1 */
            count: number;
        };
        OutageView: {
            /** Format: date-time */
            began_at: string;
            /**
             * Format: date-time
             * @description `null`: it goes on.
             */
            ended_at: string | null;
            /**
             * @description Why, as far as that was known when it began.
             * @example camera_timeout
             */
            code: string;
        };
        CourtOutagesView: {
            /** @example 3 */
            terrain_id: number;
            /** @example Court 1 */
            name: string;
            camera: components["schemas"]["CameraNowView"];
            /**
             * @description Of the open session; `null` without one, or where another process has it.
             * @example 32
             */
            last_frame_age_ms: number | null;
            /** @description Newest first; of all courts together at most 1,000. */
            outages: components["schemas"]["OutageView"][];
            /**
             * @description All outages together, as far as they lie within these days.
             * @example 340
             */
            offline_seconds: number;
        };
        CourtOutagesAnswer: {
            /** @example true */
            success: boolean;
            /** @example 30 */
            days: number;
            terrains: components["schemas"]["CourtOutagesView"][];
            /** @example 1 */
            count: number;
        };
        DiscoverCamerasDto: {
            /**
             * @description IPv4 addresses to ask besides the service's own network, each with a port where it is not 3702.
             * @example [
             *       "192.168.1.20"
             *     ]
             */
            addresses?: string[];
            /**
             * @description For cameras that show their streams to nobody else.
             * @example viewer
             */
            username?: string;
            /** @description Sent as a digest, and kept nowhere. */
            password?: string;
        };
        DiscoveredProfile: {
            /**
             * @description As the camera calls it.
             * @example H264
             */
            codec: string | null;
            /** @example 1920 */
            width: number | null;
            /** @example 1080 */
            height: number | null;
            /** @example 25 */
            fps: number | null;
            /**
             * @description Without user name and password; `null` where the camera names an address that no camera may have.
             * @example rtsp://192.168.1.20/stream1
             */
            stream_url: string | null;
        };
        DiscoveredCamera: {
            /** @example IPC-2342 */
            name: string | null;
            /** @example 192.168.1.20 */
            address: string;
            /**
             * @description It tells its streams only to who signs in.
             * @example false
             */
            credentials_wanted: boolean;
            profiles: components["schemas"]["DiscoveredProfile"][];
        };
        DiscoveryAnswer: {
            /** @example true */
            success: boolean;
            devices: components["schemas"]["DiscoveredCamera"][];
        };
        ClubView: {
            /** @example 1 */
            id: number;
            /** @example Padel Club du Lac */
            name: string;
            /** @example Europe/Paris */
            time_zone: string;
            /**
             * @description Sessions that may be open at once in this club; `null`: no limit of its own.
             * @example null
             */
            max_sessions: number | null;
            /**
             * @description Videos older than this are deleted; `null`: the service's `RETENTION_DAYS`.
             * @example 30
             */
            retention_days: number | null;
            /**
             * Format: int64
             * @description Beyond it the oldest videos are deleted; `null`: no limit.
             * @example null
             */
            quota_bytes: number | null;
            /**
             * @description Seconds that a press for a highlight keeps.
             * @example 30
             */
            highlight_seconds: number;
            /**
             * @description Only for its admins: where its cameras must lie; `null`: no matter where.
             * @example null
             */
            camera_networks?: string[] | null;
            /**
             * @description What players are told before they are filmed.
             * @example null
             */
            consent_note: string | null;
            /**
             * @description Whether players may register themselves.
             * @example false
             */
            registration_open: boolean;
            /**
             * @description Whether matches may be shown to others by links.
             * @example true
             */
            sharing_enabled: boolean;
            /**
             * Format: date-time
             * @description Since when it has its logo (`GET /api/clubs/:id/logo`); `null`: it has none.
             * @example null
             */
            logo_at: string | null;
            /**
             * @description Whether players may plan recordings, for themselves.
             * @example false
             */
            players_book: boolean;
            /**
             * @description What videos are coded anew in after the match.
             * @example off
             * @enum {string}
             */
            compression: "off" | "h264" | "h265" | "av1";
            /**
             * @description `null`: the codec's own.
             * @example null
             */
            compression_crf: number | null;
            /**
             * @description Minutes after the match, at the earliest.
             * @example 60
             */
            compression_after_minutes: number;
            /** Format: date-time */
            created_at: string;
        };
        ClubListAnswer: {
            /** @example true */
            success: boolean;
            clubs: components["schemas"]["ClubView"][];
            /**
             * @description Of this page.
             * @example 1
             */
            count: number;
            /** @description Absent on the last page. */
            next_cursor?: string;
        };
        CreateClubDto: {
            /** @example Padel Club du Lac */
            name: string;
            /**
             * @description IANA name
             * @default UTC
             * @example Europe/Paris
             */
            time_zone?: string;
        };
        UpdateClubDto: {
            /** @example Padel Club du Lac */
            name?: string;
            /** @example Europe/Paris */
            time_zone?: string;
            /**
             * @description Sessions open at once; `null`: as many as the service takes. SUPER_ADMIN only.
             * @example 8
             */
            max_sessions?: number | null;
            /**
             * @description Videos older than this are deleted; `null`: the service's `RETENTION_DAYS`. A CLUB_ADMIN sets at most that.
             * @example 30
             */
            retention_days?: number | null;
            /**
             * Format: int64
             * @description SUPER_ADMIN. Beyond it the oldest videos are deleted; `null`: no limit but the disk's.
             * @example 500000000000
             */
            quota_bytes?: number | null;
            /**
             * @description SUPER_ADMIN. Where the club's cameras must lie, at saving and at each dialling; `null`: no matter where.
             * @example [
             *       "10.20.0.0/16"
             *     ]
             */
            camera_networks?: string[] | null;
            /**
             * @description Shown before a recording is started; `null`: nothing.
             * @example Matches are filmed when you start a recording. Videos are kept for 30 days.
             */
            consent_note?: string | null;
            /**
             * @description Seconds before now that a press for a highlight keeps where it does not say.
             * @example 30
             */
            highlight_seconds?: number;
            /**
             * @description Whether videos are coded anew after the match, to take less room, and in what. `h264` plays everywhere; `h265` is smaller, and not every browser plays it; `av1` is as small, and Safari plays it only on devices with a decoder for it (from iPhone 15 Pro and M3 on). Where the FFmpeg of the service has no encoder for it: `codec_unavailable`. Only of matches that are recorded from then on.
             * @example h264
             * @enum {string}
             */
            compression?: "off" | "h264" | "h265" | "av1";
            /**
             * @description Constant rate factor on the scale of H.264 and H.265: higher is smaller and worse; `null`: 24 for H.264, 27 for H.265, 28 for AV1.
             * @example null
             */
            compression_crf?: number | null;
            /**
             * @description How many minutes after the match compression begins, at the earliest.
             * @example 60
             */
            compression_after_minutes?: number;
            /**
             * @description Whether players may register themselves (needs `SMTP_URL`).
             * @example true
             */
            registration_open?: boolean;
            /**
             * @description Whether matches may be shown to others by links. Switched off, links that were made answer 410.
             * @example true
             */
            sharing_enabled?: boolean;
            /**
             * @description Whether players may plan recordings, for themselves.
             * @example true
             */
            players_book?: boolean;
        };
        CourtCameraView: {
            /** @enum {string} */
            protocol: "rtsp" | "rtsps" | "http" | "https";
            /** @example 192.168.1.20 */
            host: string;
            /** @example true */
            has_credentials: boolean;
            /**
             * @description 0: the main camera, the one of `camera`.
             * @example 1
             */
            position: number;
            /**
             * @description As people call it.
             * @example Back wall
             */
            name: string | null;
        };
        CourtCameraListAnswer: {
            /** @example true */
            success: boolean;
            /** @description By position; the main one first. */
            cameras: components["schemas"]["CourtCameraView"][];
            /** @example 2 */
            count: number;
        };
        AddCameraDto: {
            /**
             * @description rtsp(s) or http(s), user and password as they are. Write-only: no answer ever holds it.
             * @example rtsp://viewer:secret@192.168.1.20:554/stream1
             */
            camera_url: string;
            /**
             * @description As people call it; `null`: it has no name.
             * @example Back wall
             */
            name?: string | null;
        };
        CourtCameraAnswer: {
            /** @example true */
            success: boolean;
            camera: components["schemas"]["CourtCameraView"];
        };
        ChangeCameraDto: {
            /**
             * @description rtsp(s) or http(s), user and password as they are. Write-only: no answer ever holds it.
             * @example rtsp://viewer:secret@192.168.1.20:554/stream1
             */
            camera_url?: string;
            /**
             * @description As people call it; `null`: it has no name.
             * @example Back wall
             */
            name?: string | null;
        };
        CameraTestAnswer: {
            /** @example true */
            reachable: boolean;
            /** @enum {string} */
            protocol: "rtsp" | "rtsps" | "mjpeg" | "http";
            /** @enum {string} */
            codec: "h264" | "h265" | "mjpeg";
            /** @example 1920 */
            width: number;
            /** @example 1080 */
            height: number;
            /**
             * @description Measured.
             * @example 25
             */
            fps: number | null;
            /**
             * @description From dialling to the first whole frame.
             * @example 320
             */
            latency_ms: number;
            /**
             * @description A JPEG, for five minutes; `null` where none could be made.
             * @example /api/terrains/3/camera/snapshot/mE3wq0w2Yw5m0R0Yv5J3vQ
             */
            snapshot_url: string | null;
        };
        CameraView: {
            /** @enum {string} */
            protocol: "rtsp" | "rtsps" | "http" | "https";
            /** @example 192.168.1.20 */
            host: string;
            /** @example true */
            has_credentials: boolean;
        };
        CourtView: {
            /** @example 3 */
            id: number;
            /** @example 1 */
            club_id: number;
            /** @example Court 1 */
            name: string;
            camera: components["schemas"]["CameraView"];
            /** @description All of them, the main one first. */
            cameras: components["schemas"]["CourtCameraView"][];
            /**
             * @description A recording stops by itself after so many minutes without play, a minute after everybody who watches was told; `null`: it does not.
             * @example 10
             */
            auto_stop_minutes: number | null;
            /**
             * @description Its recordings have the camera's sound, too.
             * @example false
             */
            record_sound: boolean;
            /** Format: date-time */
            created_at: string;
        };
        CourtListAnswer: {
            /** @example true */
            success: boolean;
            terrains: components["schemas"]["CourtView"][];
            /**
             * @description Of this page.
             * @example 1
             */
            count: number;
            /** @description Absent on the last page. */
            next_cursor?: string;
        };
        CreateCourtDto: {
            /** @example Court 1 */
            name: string;
            /**
             * @description rtsp(s) or http(s), user and password as they are. Write-only: no answer ever holds it.
             * @example rtsp://viewer:secret@192.168.1.20:554/stream1
             */
            camera_url: string;
            /**
             * @description A recording stops by itself after so many minutes without play, a minute after everybody who watches was told; `null`: it does not.
             * @example 10
             */
            auto_stop_minutes?: number | null;
            /**
             * @description Its recordings have the camera's sound, too, from the next session on. Whoever is on the court must be told of it. A camera that sends none is recorded without.
             * @default false
             * @example false
             */
            record_sound?: boolean;
        };
        UpdateCourtDto: {
            /** @example Court 1 */
            name?: string;
            /**
             * @description rtsp(s) or http(s), user and password as they are. Write-only: no answer ever holds it.
             * @example rtsp://viewer:secret@192.168.1.20:554/stream1
             */
            camera_url?: string;
            /**
             * @description A recording stops by itself after so many minutes without play, a minute after everybody who watches was told; `null`: it does not.
             * @example 10
             */
            auto_stop_minutes?: number | null;
            /**
             * @description Its recordings have the camera's sound, too, from the next session on. Whoever is on the court must be told of it. A camera that sends none is recorded without.
             * @default false
             * @example false
             */
            record_sound?: boolean;
        };
        UserView: {
            /** @example 12 */
            id: number;
            /** @example desk@club.example */
            email: string;
            /** @example Front desk */
            name: string;
            /**
             * @description In the club of `club_id`.
             * @enum {string}
             */
            role: "SUPER_ADMIN" | "CLUB_ADMIN" | "PLAYER";
            /**
             * @description `null` for a SUPER_ADMIN.
             * @example 1
             */
            club_id: number | null;
            /** @description As far as the caller may know of them. */
            memberships: components["schemas"]["MembershipView"][];
            /**
             * @description Everywhere, or in the club of `club_id`.
             * @example false
             */
            disabled: boolean;
        };
        UserListAnswer: {
            /** @example true */
            success: boolean;
            users: components["schemas"]["UserView"][];
            /**
             * @description Of this page.
             * @example 1
             */
            count: number;
            /** @description Absent on the last page. */
            next_cursor?: string;
        };
        CreateUserDto: {
            /** @example player@club.example */
            email: string;
            /**
             * @description Not changed where the person has an account already.
             * @example Alex
             */
            name: string;
            /** @description Without one the person cannot sign in until one is set. Ignored where they have an account already. */
            password?: string;
            /**
             * @example PLAYER
             * @enum {string}
             */
            role: "SUPER_ADMIN" | "CLUB_ADMIN" | "PLAYER";
            /**
             * @description In this club.
             * @default false
             */
            disabled?: boolean;
        };
        UpdateUserDto: {
            /** @example player@club.example */
            email?: string;
            /** @example Alex */
            name?: string;
            /** @description Ends their sign-ins. */
            password?: string;
            /**
             * @description In the club of `club_id`. Ends their sign-ins in it.
             * @enum {string}
             */
            role?: "SUPER_ADMIN" | "CLUB_ADMIN" | "PLAYER";
            /** @description By a club's admin: in their club. By a SUPER_ADMIN: everywhere. Ends their sign-ins. */
            disabled?: boolean;
            /**
             * @description The club `role` and `disabled` are about, where the person is in several.
             * @example 1
             */
            club_id?: number;
        };
        InviteDto: {
            /** @example player@club.example */
            email: string;
            /**
             * @description Proposed to the person, who may change it.
             * @example Alex
             */
            name?: string;
            /**
             * @example PLAYER
             * @enum {string}
             */
            role: "PLAYER" | "CLUB_ADMIN";
            /**
             * @description Of the mail.
             * @default fr
             * @enum {string}
             */
            language?: "fr" | "en";
        };
        InvitationAnswer: {
            /** @example 7 */
            id: number;
            /** @example player@club.example */
            email: string;
            /**
             * @example PLAYER
             * @enum {string}
             */
            role: "PLAYER" | "CLUB_ADMIN";
            /** Format: date-time */
            expires_at: string;
            /**
             * @description true: the link went to the address.
             * @example false
             */
            mailed: boolean;
            /**
             * @description To hand over, where the service sends no mail. Shown this once. `null` where it was mailed.
             * @example https://padel.example/panel/link#/invitation/p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-
             */
            link: string | null;
        };
        InvitationView: {
            /** @example 7 */
            id: number;
            /** @example player@club.example */
            email: string;
            /** @example Alex */
            name: string | null;
            /**
             * @example PLAYER
             * @enum {string}
             */
            role: "PLAYER" | "CLUB_ADMIN";
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Seven days after it was made.
             */
            expires_at: string;
        };
        InvitationListAnswer: {
            /** @example true */
            success: boolean;
            invitations: components["schemas"]["InvitationView"][];
            /**
             * @description Of this page.
             * @example 1
             */
            count: number;
            /** @description Absent on the last page. */
            next_cursor?: string;
        };
        AcceptInvitationDto: {
            /**
             * @description The link's last part.
             * @example p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-
             */
            token: string;
            /**
             * @description Required where the invitation has none. Ignored where the person has an account already.
             * @example Alex
             */
            name?: string;
            /**
             * @description A new one; where the person has an account already, the password of that account.
             * @example correct horse battery
             */
            password: string;
            /** @description Where the person has an account already: takes the place of its password, and is the person's own, so that it opens every club of theirs. Ignored where they have none. */
            new_password?: string;
            /** @description true: the refresh token comes as an HttpOnly cookie (browsers). */
            cookie?: boolean;
        };
        ForgotPasswordDto: {
            /** @example player@club.example */
            email: string;
            /**
             * @description Of the mail.
             * @default fr
             * @enum {string}
             */
            language?: "fr" | "en";
        };
        MailOnItsWayAnswer: {
            /** @example true */
            success: boolean;
            /** @example If this address can be used, a mail is on its way to it. */
            message: string;
        };
        ResetPasswordDto: {
            /**
             * @description The link's last part.
             * @example p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-
             */
            token: string;
            /**
             * @description The new one.
             * @example correct horse battery
             */
            new_password: string;
        };
        AskResetDto: {
            /**
             * @description Of the mail.
             * @default fr
             * @enum {string}
             */
            language?: "fr" | "en";
        };
        ResetAnswer: {
            /**
             * Format: date-time
             * @description In an hour.
             */
            expires_at: string;
            /**
             * @description true: the link went to the person's address.
             * @example false
             */
            mailed: boolean;
            /**
             * @description To hand over, where the service sends no mail. Shown this once. `null` where it was mailed.
             * @example https://padel.example/panel/link#/reset/p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-
             */
            link: string | null;
        };
        RegistrationFacts: {
            /** @example 1 */
            club_id: number;
            /** @example Padel Club du Lac */
            name: string;
            /**
             * @description Always: where players may not register, the answer is a 404.
             * @example true
             */
            open: boolean;
        };
        RegisterDto: {
            /** @example 1 */
            club_id: number;
            /** @example player@club.example */
            email: string;
            /** @example Alex */
            name: string;
            /**
             * @description Of the account to be.
             * @example correct horse battery
             */
            password: string;
            /**
             * @description Of the mail.
             * @default fr
             * @enum {string}
             */
            language?: "fr" | "en";
            /** @description true: the refresh token comes as an HttpOnly cookie (browsers). */
            cookie?: boolean;
        };
        ConfirmRegistrationDto: {
            /**
             * @description The link's last part.
             * @example p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-
             */
            token: string;
            /**
             * @description The one that was chosen: who clicks and who registered are the same.
             * @example correct horse battery
             */
            password: string;
            /** @description true: the refresh token comes as an HttpOnly cookie (browsers). */
            cookie?: boolean;
        };
        SignInView: {
            /**
             * Format: uuid
             * @example 2f1d9f0e-7a0c-4f4e-9a53-6a3f0b8f1c11
             */
            id: string;
            /**
             * @description The active club; `null` for a SUPER_ADMIN.
             * @example 1
             */
            club_id: number | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When its tokens were last renewed: to some ten minutes.
             */
            last_used_at: string;
            /**
             * @description At that moment.
             * @example 192.0.2.7
             */
            ip: string | null;
            /**
             * @description At that moment.
             * @example Mozilla/5.0 (iPhone)
             */
            user_agent: string | null;
            /**
             * @description The one this request belongs to.
             * @example true
             */
            current: boolean;
        };
        SignInListAnswer: {
            /** @example true */
            success: boolean;
            /** @description In force, newest first. */
            sessions: components["schemas"]["SignInView"][];
            /**
             * @description Of this page.
             * @example 1
             */
            count: number;
            /** @description Absent on the last page. */
            next_cursor?: string;
        };
        AddPlayerDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /**
             * @description Or `user_id`.
             * @example player@club.example
             */
            email?: string;
            /**
             * @description Or `email`.
             * @example 12
             */
            user_id?: number;
        };
        PersonView: {
            /** @example 12 */
            id: number;
            /**
             * @description As they are called today; `Erased` where the account is gone.
             * @example Alex Martin
             */
            name: string;
        };
        SessionCameraView: {
            /** @enum {string|null} */
            protocol: "rtsp" | "rtsps" | "mjpeg" | "http" | null;
            /** @enum {string|null} */
            codec: "h264" | "h265" | "mjpeg" | null;
            /** @example 1920 */
            width: number | null;
            /** @example 1080 */
            height: number | null;
            /**
             * @description Measured.
             * @example 25
             */
            fps: number | null;
        };
        SessionAngleView: {
            /**
             * Format: uuid
             * @description For whatever shows pictures of it: live, preview, review, download.
             */
            session_id: string;
            /** @example 1 */
            position: number;
            /** @example Back wall */
            name: string | null;
            /**
             * @description `connecting`, with a `reason`: it is not there, and is tried again while the match is on.
             * @enum {string}
             */
            status: "connecting" | "live" | "reconnecting" | "closed" | "failed";
            /**
             * @description Why it is not there, or why it ended.
             * @example null
             */
            reason: string | null;
            camera: components["schemas"]["SessionCameraView"];
            /**
             * @description As `recording.status`; `null`: nothing of it is recorded.
             * @example recording
             * @enum {string|null}
             */
            recording_status: "starting" | "recording" | "reconnecting" | "stopping" | "finalizing" | "ready" | "failed" | null;
            /**
             * @description Where its recording's first picture lies on the time of the match's recording, in seconds: second `t` of the match is second `t - offset_seconds` of the angle. `null` as long as one of the two has no picture.
             * @example -0.24
             */
            offset_seconds: number | null;
        };
        GapView: {
            /** @example 734.2 */
            start_seconds: number;
            /** @example 738.3 */
            end_seconds: number;
            /** @enum {string} */
            reason: "camera_lost" | "camera_stalled" | "packets_lost" | "encoder_restarted" | "service_restarted" | "queue_overflow";
        };
        RecordingView: {
            /** Format: uuid */
            session_id: string;
            /** @enum {string} */
            status: "starting" | "recording" | "reconnecting" | "stopping" | "finalizing" | "ready" | "failed";
            /** @description Frames are still being written, or wanted while the camera is away. */
            active: boolean;
            /**
             * Format: date-time
             * @description Wall time of the file's first frame.
             */
            started_at: string | null;
            /** Format: date-time */
            stopped_at: string | null;
            /** Format: date-time */
            planned_end_at: string;
            /** @example 5400.04 */
            duration_seconds: number;
            /** @example 2701234567 */
            bytes_written: number;
            gaps: components["schemas"]["GapView"][];
            /** @description Times the encoder was restarted. */
            restarts: number;
            /** @example 1/5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4 */
            video_path: string | null;
            error: string | null;
            /**
             * Format: date-time
             * @description Nobody plays: it stops by itself then, unless somebody wants it to go on.
             * @example null
             */
            auto_stop_at: string | null;
            /**
             * @description Why it stopped by itself before its planned end.
             * @example null
             * @enum {string|null}
             */
            stop_reason: "no_play" | null;
            /**
             * @description With `no_play`: seconds without play at its end; they are in the file.
             * @example null
             */
            idle_tail_seconds: number | null;
        };
        SessionSoundView: {
            /**
             * @description `off`: the court does not record sound. `recording`: it goes into the file; `on`: it would. `silent`: agreed on, but none comes. `none`, `unsupported`, `refused`: the camera gives none, and why.
             * @example recording
             * @enum {string}
             */
            state: "off" | "asking" | "none" | "unsupported" | "refused" | "silent" | "on" | "recording";
            /**
             * @description `aac`, `pcma`, `pcmu`, or what is not read.
             * @example aac
             */
            codec: string | null;
            /**
             * @description Why the match has no sound although the court records it; `null` where it has, or is not to have any.
             * @example null
             */
            message: string | null;
        };
        ViewersView: {
            /** @description MJPEG streams open now. */
            mjpeg: number;
            /** @description Streams over WebSockets now: video, pictures and tiles. */
            live: number;
        };
        DeliveryView: {
            /** @description Viewers whose connection takes no more just now. */
            slow: number;
            /** @description The most that waits for one of them, in bytes. */
            queued_bytes: number;
            /** @description Pictures that those who watch now were too slow for. */
            skipped_frames: number;
            /** @description The slowest answer of one of them to a ping, in milliseconds; `null` before the first. */
            round_trip_ms: number | null;
        };
        SessionHealthView: {
            /**
             * @description The camera's connection.
             * @enum {string}
             */
            proxy: "live" | "reconnecting";
            /** @description Milliseconds since the newest picture. */
            last_frame_age_ms: number;
            /** @description Milliseconds from dialling the camera to its first frame. */
            first_frame_ms: number;
            /** @description What the camera sends, bits a second. */
            bitrate: number;
            /** @description Pictures taken from the camera since the session opened. */
            frames: number;
            /** @description Times that pictures were dropped because a part of one was missing. */
            losses: number;
            /** @description Times the camera had to be reached again. */
            reconnects: number;
            /** @description Everybody who watches, whatever the way. */
            watching: number;
            viewers: components["schemas"]["ViewersView"];
            delivery: components["schemas"]["DeliveryView"];
            /** @description A decoder makes JPEGs of this H.264 court; only while somebody watches them. */
            decoding: boolean;
            /**
             * @description While the camera is away, why.
             * @example null
             */
            error: string | null;
        };
        SessionView: {
            /** Format: uuid */
            session_id: string;
            terrain_id: number;
            /**
             * @description The court's name today.
             * @example Court 1
             */
            terrain_name: string;
            club_id: number;
            /** @description The owner. */
            user_id: number;
            owner: components["schemas"]["PersonView"];
            player_ids: number[];
            /** @description Those of `player_ids`, by id. */
            players: components["schemas"]["PersonView"][];
            /**
             * @description By which other members of the club join; `null` once it has ended. Another one after somebody was removed.
             * @example K7PQ3XAB
             */
            join_code: string | null;
            /** @enum {string} */
            status: "connecting" | "live" | "reconnecting" | "closed" | "failed";
            camera: components["schemas"]["SessionCameraView"];
            /**
             * @description As its camera was called when it opened.
             * @example Front
             */
            camera_name: string | null;
            /**
             * Format: uuid
             * @description The session of the match that this is an angle of; `null`: this is the match.
             * @example null
             */
            angle_of: string | null;
            /** @description The court's further cameras, by position. */
            angles: components["schemas"]["SessionAngleView"][];
            /** @example 8080 */
            proxy_port: number | null;
            recording: components["schemas"]["RecordingView"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_frame_at: string | null;
            /** @description Times the camera had to be reached again. */
            reconnects: number;
            /** Format: date-time */
            closed_at: string | null;
            /**
             * @description While the camera is away, why; after the end, why it ended.
             * @example camera_unreachable
             */
            reason: string | null;
            /** @description `null` where the session is not open. */
            sound: components["schemas"]["SessionSoundView"] | null;
            /** @description `null` where the session is not open. */
            health: components["schemas"]["SessionHealthView"] | null;
        };
        SessionAnswer: {
            /** @example true */
            success: boolean;
            session: components["schemas"]["SessionView"];
        };
        PlayerDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /** @example 12 */
            user_id: number;
        };
        PlayerRemovedAnswer: {
            /** @example true */
            success: boolean;
            /** @description Missing where the caller has left and sees it no more. */
            session?: components["schemas"]["SessionView"];
        };
        JoinDto: {
            /**
             * @description The session's `join_code`, in upper or lower case; spaces and hyphens do not matter.
             * @example K7PQ3XAB
             */
            code: string;
        };
        CreateSessionDto: {
            /** @example 1 */
            terrain_id: number;
            /**
             * @description The other players of the match, members of the club: they watch and download.
             * @example [
             *       12,
             *       13,
             *       14
             *     ]
             */
            player_ids?: number[];
        };
        SessionIdDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
        };
        SessionListAnswer: {
            /** @example true */
            success: boolean;
            sessions: components["schemas"]["SessionView"][];
            count: number;
            /** @description Hand it back as `cursor` for the next page; missing on the last one. */
            next_cursor?: string;
        };
        MediaUrlDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /**
             * @example download
             * @enum {string}
             */
            purpose: "preview" | "snapshot" | "play" | "download";
            /**
             * @default 360
             * @example 60
             */
            expires_in_minutes?: number;
        };
        MediaUrlAnswer: {
            /**
             * Format: uuid
             * @description For taking it back.
             */
            id: string;
            /** @example https://club.example/api/media/<session>/<random>/video.mp4 */
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        StartRecordingDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /**
             * @description The recording ends by itself then.
             * @default 90
             */
            duration_minutes?: number;
        };
        StartRecordingAnswer: {
            /** @example true */
            success: boolean;
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /** @example 90 */
            duration_minutes: number;
            recording: components["schemas"]["RecordingView"];
        };
        ExtendRecordingDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /** @example 15 */
            minutes: number;
        };
        RecordingStatusAnswer: {
            /** @example true */
            success: boolean;
            /** @description `null` before the first recording. */
            status: components["schemas"]["RecordingView"] | null;
        };
        StopRecordingDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
        };
        StopRecordingAnswer: {
            /** @example true */
            success: boolean;
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /** @example 1/5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4 */
            video_path: string | null;
            recording: components["schemas"]["RecordingView"];
        };
        ActivityAnswer: {
            /** @example true */
            success: boolean;
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /**
             * @description Of the film; 0 where nothing is known of it.
             * @example 5401
             */
            seconds: number;
            /**
             * @description A point stands for so many seconds; the last one maybe for fewer.
             * @example 19
             */
            bucket_seconds: number;
            /**
             * @description How much moved, in the film's order: tenths of a percent of the picture that changed within two seconds or so, 100 for a tenth of the picture and more. 3 and more is somebody who moves. `null`: not known.
             * @example [
             *       0,
             *       2,
             *       24,
             *       31,
             *       null,
             *       18
             *     ]
             */
            scores: (number | null)[];
            /**
             * @description Seconds without play at the end of a recording that stopped by itself; they are in the film.
             * @example null
             */
            idle_tail_seconds: number | null;
        };
        KeepAnswer: {
            /** @example true */
            success: boolean;
            status: components["schemas"]["RecordingView"];
        };
        CompressionView: {
            /**
             * @description `done`: its file is the smaller one. `kept`: its file is what it was, for `reason`. `failed`: so it is, and another try may do.
             * @example done
             * @enum {string}
             */
            state: "none" | "queued" | "running" | "done" | "kept" | "failed";
            /**
             * @description How much is done, 0 to 1.
             * @example 1
             */
            progress: number;
            /**
             * @description `null` with `none`.
             * @example h264
             * @enum {string|null}
             */
            codec: "h264" | "h265" | "av1" | null;
            /** @example 25 */
            crf: number | null;
            /**
             * @description Of the file as it was recorded.
             * @example 2701234567
             */
            original_size_bytes: number | null;
            /**
             * @description Of what it became, with `done`.
             * @example 1674765431
             */
            size_bytes: number | null;
            /**
             * @description With `kept` and `failed`. `sound`: films with sound stay as they are.
             * @example null
             * @enum {string|null}
             */
            reason: "not_smaller" | "quality" | "different" | "sound" | "unreadable" | "codec_unavailable" | "disk_full" | "cancelled" | "gone" | "away" | "error" | null;
            /**
             * Format: uuid
             * @description Of the background work that is under way: `DELETE /api/video/jobs/:id` ends it.
             * @example null
             */
            job_id: string | null;
        };
        VideoAngleView: {
            /**
             * Format: uuid
             * @description For `files/:id` and whatever is below it, and for media URLs.
             */
            session_id: string;
            /** @example 1 */
            position: number;
            /** @example Back wall */
            name: string | null;
            /**
             * @description `ready`: there is a file.
             * @example ready
             * @enum {string}
             */
            status: "starting" | "recording" | "reconnecting" | "stopping" | "finalizing" | "ready" | "failed";
            /**
             * @description `null` where there is no file (yet).
             * @example 5399.2
             */
            duration_seconds: number | null;
            /** @example 1701234567 */
            size_bytes: number | null;
            /**
             * @description Where its first picture lies on the time of the match's file, in seconds; may be negative. Second `t` of the match is second `t - offset_seconds` of the angle. `null`: not known.
             * @example -0.24
             */
            offset_seconds: number | null;
        };
        VideoStorageView: {
            /**
             * @description `here`: with this service; `storage`: in the club's storage; it is read from wherever it is.
             * @enum {string}
             */
            where: "here" | "both" | "storage";
            /**
             * @description How its copy in the club's storage stands; `null`: there is to be none.
             * @example stored
             * @enum {string|null}
             */
            upload: "waiting" | "uploading" | "stored" | "failed" | null;
            /**
             * @description 0 to 1.
             * @example 1
             */
            progress: number;
            /**
             * @description What went wrong the last time; for admins.
             * @example null
             */
            error: string | null;
        };
        VideoView: {
            /** Format: uuid */
            session_id: string;
            terrain_id: number;
            /**
             * @description The court's name today.
             * @example Court 1
             */
            terrain_name: string;
            club_id: number;
            /** @description The session's owner. */
            user_id: number;
            /** @description The session's owner. */
            owner: components["schemas"]["PersonView"];
            /** @description The other players of the match, by id. */
            players: components["schemas"]["PersonView"][];
            /** @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55.mp4 */
            filename: string;
            /** @example 2701234567 */
            size_bytes: number;
            /**
             * @description size_bytes / 2²⁰, two decimals.
             * @example 2576.1
             */
            size_mb: number;
            /** @example 5400.04 */
            duration_seconds: number;
            /** @example 1920 */
            width: number;
            /** @example 1080 */
            height: number;
            /** @example h264 */
            codec: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Since when its file has been missed on disk; `null`: it is there.
             * @example null
             */
            missing_since: string | null;
            gaps: components["schemas"]["GapView"][];
            compression: components["schemas"]["CompressionView"];
            /**
             * @description As its camera was called then.
             * @example Front
             */
            camera_name: string | null;
            /**
             * Format: uuid
             * @description The session of the match that this is an angle of; `null`: this is the match.
             * @example null
             */
            angle_of: string | null;
            /** @description What further cameras filmed of it, by position. */
            angles: components["schemas"]["VideoAngleView"][];
            /**
             * @description Highlights of it that can be watched.
             * @example 3
             */
            highlights: number;
            storage: components["schemas"]["VideoStorageView"];
        };
        VideoListAnswer: {
            /** @example true */
            success: boolean;
            videos: components["schemas"]["VideoView"][];
            count: number;
            /** @description Hand it back as `cursor` for the next page; missing on the last one. */
            next_cursor?: string;
        };
        VideoStatsAnswer: {
            /** @example true */
            success: boolean;
            /** @example 128 */
            count: number;
            /** @example 343597383680 */
            bytes: number;
            /**
             * @description Length of all videos together.
             * @example 691200.5
             */
            seconds: number;
            /** Format: date-time */
            oldest: string | null;
            /** Format: date-time */
            newest: string | null;
            /**
             * @description Bytes that may still be written.
             * @example 500107862016
             */
            disk_free: number;
        };
        VideoAnswer: {
            /** @example true */
            success: boolean;
            video: components["schemas"]["VideoView"];
        };
        DoneAnswer: {
            /** @example true */
            success: boolean;
        };
        CompressDto: {
            /**
             * @description Default: the club's; where that is off, `h264`. Which of them there are depends on the FFmpeg of the service: else `codec_unavailable`.
             * @enum {string}
             */
            codec?: "h264" | "h265" | "av1";
            /**
             * @description Constant rate factor on the scale of H.264 and H.265, also of AV1: higher is smaller and worse. Default: the club's for its codec, else the codec's.
             * @example 24
             */
            crf?: number;
        };
        CompressionAnswer: {
            /** @example true */
            success: boolean;
            compression: components["schemas"]["CompressionView"];
        };
        JobView: {
            /** Format: uuid */
            id: string;
            /** @example highlight */
            kind: string;
            /** @example 1 */
            club_id: number | null;
            /**
             * @description `waiting`: also for its next try.
             * @enum {string}
             */
            state: "waiting" | "active" | "done" | "failed" | "cancelled";
            /**
             * @description Tries so far, the one under way too.
             * @example 1
             */
            attempts: number;
            /**
             * @description Tries it is given.
             * @example 4
             */
            max_attempts: number;
            /**
             * @description Of the present try, or the last one: 0 to 1.
             * @example 0.4
             */
            progress: number;
            /** @description Why the last try failed. */
            error: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Of the present try, or the last one.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description Of one that waits: not before.
             */
            next_try_at: string | null;
            /** Format: date-time */
            ended_at: string | null;
        };
        JobListAnswer: {
            /** @example true */
            success: boolean;
            /** @description Newest first. */
            jobs: components["schemas"]["JobView"][];
            /**
             * @description Jobs of this page.
             * @example 12
             */
            count: number;
            /** @description For the next page; missing on the last one. */
            next_cursor?: string;
        };
        CreateMarkerDto: {
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /**
             * @example highlight
             * @enum {string}
             */
            kind: "point" | "rally" | "fault" | "dispute" | "highlight" | "note";
            /**
             * @description One line.
             * @example Bajada from behind the glass
             */
            text?: string;
            /**
             * @description Seconds from the recording's first frame. Or `seconds_ago`.
             * @example 734.2
             */
            at_seconds?: number;
            /**
             * @description Seconds before now, on the recording's own clock. Or `at_seconds`.
             * @example 12
             */
            seconds_ago?: number;
        };
        MarkerView: {
            /** @example 17 */
            id: number;
            /** Format: uuid */
            session_id: string;
            /** @enum {string} */
            kind: "point" | "rally" | "fault" | "dispute" | "highlight" | "note";
            /** @example Bajada from behind the glass */
            text: string | null;
            /**
             * @description Seconds from the recording's first frame.
             * @example 734.2
             */
            at_seconds: number;
            /** @description Who marked it. */
            author: components["schemas"]["PersonView"];
            /** Format: date-time */
            created_at: string;
        };
        MarkerAnswer: {
            /** @example true */
            success: boolean;
            marker: components["schemas"]["MarkerView"];
        };
        MarkerListAnswer: {
            /** @example true */
            success: boolean;
            /** @description In the order of the match. */
            markers: components["schemas"]["MarkerView"][];
            /**
             * @description Markers of this page.
             * @example 12
             */
            count: number;
            /** @description For the next page; missing on the last one. */
            next_cursor?: string;
            /**
             * @description `written`: the chapters of the MP4 are these markers; `waiting`: not yet (it is being recorded, read, or written); `unsupported`: the file cannot be given chapters, or they would not fit.
             * @enum {string}
             */
            chapters: "written" | "waiting" | "unsupported";
        };
        ChangeMarkerDto: {
            /**
             * @example dispute
             * @enum {string}
             */
            kind?: "point" | "rally" | "fault" | "dispute" | "highlight" | "note";
            /**
             * @description Seconds from the recording's first frame.
             * @example 733.8
             */
            at_seconds?: number;
            /**
             * @description `null` takes it away.
             * @example Bajada from behind the glass
             */
            text?: string | null;
        };
        CreateHighlightDto: {
            /**
             * @description How many seconds before now. Default: the club's `highlight_seconds`.
             * @example 30
             */
            seconds?: number;
            /**
             * Format: uuid
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id: string;
            /**
             * @description From the recording's first frame; with `end_seconds`.
             * @example 734.2
             */
            start_seconds?: number;
            /**
             * @description At most 600 s behind `start_seconds`.
             * @example 758.9
             */
            end_seconds?: number;
            /**
             * @description One line.
             * @example Bajada from behind the glass
             */
            text?: string;
            /**
             * @description `keyframes`: it begins with the keyframe at or before its start, a second or two earlier; `exact`: players begin at its very start. Neither loses anything.
             * @default keyframes
             * @enum {string}
             */
            cut?: "keyframes" | "exact";
        };
        HighlightGapView: {
            /** @example 3.2 */
            start_seconds: number;
            /** @example 5.6 */
            end_seconds: number;
            /** @example camera_lost */
            reason: string;
        };
        HighlightView: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            session_id: string;
            /** @enum {string} */
            status: "waiting" | "making" | "ready" | "failed";
            /**
             * @description From the recording's first frame: what was asked for, and once it is `ready` what is in the file.
             * @example 728.4
             */
            start_seconds: number;
            /** @example 758.9 */
            end_seconds: number;
            /** @example 30.5 */
            duration_seconds: number;
            /** @enum {string} */
            cut: "keyframes" | "exact";
            /** @example Bajada from behind the glass */
            text: string | null;
            /** @description Who made it; `null`: the button at the court. */
            author: components["schemas"]["PersonView"] | null;
            gaps: components["schemas"]["HighlightGapView"][];
            /**
             * Format: int64
             * @example 15400000
             */
            size_bytes: number | null;
            /** @description Why it could not be made. */
            error: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            ready_at: string | null;
        };
        HighlightAnswer: {
            /** @example true */
            success: boolean;
            highlight: components["schemas"]["HighlightView"];
        };
        HighlightListAnswer: {
            /** @example true */
            success: boolean;
            /** @description In the order of the match. */
            highlights: components["schemas"]["HighlightView"][];
            /**
             * @description Highlights of this page.
             * @example 12
             */
            count: number;
            /** @description For the next page; missing on the last one. */
            next_cursor?: string;
        };
        ChangeHighlightDto: {
            /**
             * @description `null` takes it away.
             * @example Bajada from behind the glass
             */
            text?: string | null;
        };
        ButtonKeyAnswer: {
            /** @example true */
            success: boolean;
            /**
             * @description Shown this once.
             * @example 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            key: string;
            /**
             * @description What the button posts to.
             * @example /api/button/3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            path: string;
            /** Format: date-time */
            created_at: string;
        };
        PressDto: {
            /**
             * @description How many seconds before now. Default: the club's `highlight_seconds`.
             * @example 30
             */
            seconds?: number;
        };
        PressedHighlightView: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            status: "waiting" | "making" | "ready" | "failed";
            /** @example 728.4 */
            start_seconds: number;
            /** @example 758.9 */
            end_seconds: number;
        };
        PressedAnswer: {
            /** @example true */
            success: boolean;
            highlight: components["schemas"]["PressedHighlightView"];
        };
        CreateShareDto: {
            /**
             * Format: uuid
             * @description The whole match. Or `highlight_id`.
             * @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55
             */
            session_id?: string;
            /**
             * Format: uuid
             * @description A highlight of it. Or `session_id`.
             */
            highlight_id?: string;
            /**
             * @description How long it is good for.
             * @default 168
             * @example 168
             */
            expires_in_hours?: number;
            /**
             * @description What one must know besides the link. It is not shown again.
             * @example smash par trois
             */
            passphrase?: string;
            /**
             * @description Whether the page offers the file. What can be watched can be kept by who knows how.
             * @default true
             */
            allow_download?: boolean;
            /**
             * @description Whether the film is shown with the club's logo laid over. It is made in the background; until it is ready, `share_preparing`.
             * @default false
             */
            branded?: boolean;
        };
        NewShareView: {
            /** @example 17 */
            id: number;
            /** Format: uuid */
            session_id: string;
            /**
             * Format: uuid
             * @description `null`: the whole match.
             * @example null
             */
            highlight_id: string | null;
            /** @description Who made it. */
            author: components["schemas"]["PersonView"];
            /**
             * @description `live`; `expired`; `revoked`; `suspended`: the club shares nothing, or its author may not see the match any more; `gone`: the video was deleted. All but `live` answer 410.
             * @enum {string}
             */
            state: "live" | "expired" | "revoked" | "suspended" | "gone";
            /**
             * @description Whether a pass-phrase is asked for.
             * @example false
             */
            passphrase: boolean;
            /** @example true */
            allow_download: boolean;
            /**
             * @description How its film with the club's logo stands; `null`: it shows the recording as it is.
             * @example null
             * @enum {string|null}
             */
            branding: "waiting" | "making" | "ready" | "failed" | null;
            /**
             * @description How much of that film is made, 0 to 1.
             * @example null
             */
            branding_progress: number | null;
            /**
             * @description Visitors who began to watch. Who only fetches a preview of the link is none.
             * @example 12
             */
            views: number;
            /**
             * @description Visitors who downloaded the file.
             * @example 2
             */
            downloads: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: date-time */
            revoked_at: string | null;
            /**
             * Format: uri
             * @description For anybody. This is the only time it is known: what is kept is its hash.
             * @example https://padel.example/s/kQ3v…
             */
            url: string;
        };
        ShareAnswer: {
            /** @example true */
            success: boolean;
            share: components["schemas"]["NewShareView"];
        };
        ShareView: {
            /** @example 17 */
            id: number;
            /** Format: uuid */
            session_id: string;
            /**
             * Format: uuid
             * @description `null`: the whole match.
             * @example null
             */
            highlight_id: string | null;
            /** @description Who made it. */
            author: components["schemas"]["PersonView"];
            /**
             * @description `live`; `expired`; `revoked`; `suspended`: the club shares nothing, or its author may not see the match any more; `gone`: the video was deleted. All but `live` answer 410.
             * @enum {string}
             */
            state: "live" | "expired" | "revoked" | "suspended" | "gone";
            /**
             * @description Whether a pass-phrase is asked for.
             * @example false
             */
            passphrase: boolean;
            /** @example true */
            allow_download: boolean;
            /**
             * @description How its film with the club's logo stands; `null`: it shows the recording as it is.
             * @example null
             * @enum {string|null}
             */
            branding: "waiting" | "making" | "ready" | "failed" | null;
            /**
             * @description How much of that film is made, 0 to 1.
             * @example null
             */
            branding_progress: number | null;
            /**
             * @description Visitors who began to watch. Who only fetches a preview of the link is none.
             * @example 12
             */
            views: number;
            /**
             * @description Visitors who downloaded the file.
             * @example 2
             */
            downloads: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** Format: date-time */
            revoked_at: string | null;
        };
        ShareListAnswer: {
            /** @example true */
            success: boolean;
            /** @description Newest first. */
            shares: components["schemas"]["ShareView"][];
            /**
             * @description Shares of this page.
             * @example 3
             */
            count: number;
            /** @description For the next page; missing on the last one. */
            next_cursor?: string;
        };
        OpenShareDto: {
            /** @example smash par trois */
            passphrase: string;
        };
        ShareOpenedAnswer: {
            /** @example true */
            success: boolean;
        };
        CreateBookingDto: {
            /** @example 3 */
            terrain_id: number;
            /**
             * Format: date-time
             * @description A time with its offset.
             * @example 2026-12-04T18:00:00+01:00
             */
            starts_at: string;
            /**
             * Format: date-time
             * @description At most `MAX_DURATION_MINUTES` after the start.
             * @example 2026-12-04T19:30:00+01:00
             */
            ends_at: string;
            /**
             * @description One line.
             * @example Tuesday league, round 3
             */
            title?: string;
            /**
             * @description Whose match it is; default: who asks. Another one than oneself: admins only.
             * @example 12
             */
            owner_id?: number;
            /**
             * @description Members of the club.
             * @example [
             *       14,
             *       15
             *     ]
             */
            player_ids?: number[];
            /**
             * @description Needed where the club has a `consent_note`: whoever books says that those on the court are told of it.
             * @example true
             */
            consent?: boolean;
        };
        BookingView: {
            /** @example 41 */
            id: number;
            /** @example 1 */
            club_id: number;
            /** @example 3 */
            terrain_id: number;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /**
             * @example planned
             * @enum {string}
             */
            status: "planned" | "starting" | "recording" | "done" | "missed" | "failed" | "cancelled";
            /**
             * @description Why it is so, or what is in the way: the code of a problem, or `court_busy`, `service_away`, `owner_gone`, `court_gone`, `stopped_early`, `cancelled_by_owner`, `cancelled_by_admin`, `left_calendar`. Of a recording that began late: what was in the way.
             * @example camera_unreachable
             */
            reason: string | null;
            /**
             * @description `ical`: from the calendar of its court, which alone changes it.
             * @enum {string}
             */
            source: "manual" | "ical";
            /** @description The caller owns it, plays in it, or is an admin; else only its time is told. */
            mine: boolean;
            /** @example Tuesday league, round 3 */
            title: string | null;
            owner: components["schemas"]["PersonView"] | null;
            /** @description The other players. */
            players: components["schemas"]["PersonView"][];
            /**
             * Format: uuid
             * @description Once it began.
             */
            session_id: string | null;
            /**
             * Format: date-time
             * @description When its recording was there.
             */
            started_at: string | null;
            /**
             * @description By how much its recording began after `starts_at`, in whole seconds.
             * @example 0
             */
            late_seconds: number;
            /** @description Who said that those on the court are told of the club’s note; `null`: the club had none. */
            consent_by: components["schemas"]["PersonView"] | null;
            /** Format: date-time */
            created_at: string;
        };
        BookingAnswer: {
            /** @example true */
            success: boolean;
            booking: components["schemas"]["BookingView"];
        };
        BookingListAnswer: {
            /** @example true */
            success: boolean;
            /** @description By their start. */
            bookings: components["schemas"]["BookingView"][];
            /**
             * @description Of this page.
             * @example 4
             */
            count: number;
            /** @description For the next page; missing on the last one. */
            next_cursor?: string;
        };
        ChangeBookingDto: {
            /**
             * Format: date-time
             * @example 2026-12-04T18:30:00+01:00
             */
            starts_at?: string;
            /**
             * Format: date-time
             * @example 2026-12-04T20:00:00+01:00
             */
            ends_at?: string;
            /**
             * @description `null` takes it away.
             * @example Tuesday league, round 3
             */
            title?: string | null;
            /**
             * @example [
             *       14,
             *       15
             *     ]
             */
            player_ids?: number[];
        };
        SetCalendarDto: {
            /**
             * @description http or https, of an iCalendar file. Write-only: of what may be a secret in it, nothing is ever shown.
             * @example https://booking.example.org/courts/3/calendar.ics?key=…
             */
            url: string;
            /**
             * @description Needed where the club has a `consent_note`: those who book there are told of it.
             * @example true
             */
            consent?: boolean;
        };
        CalendarView: {
            /** @example 3 */
            terrain_id: number;
            /**
             * @description Of its address, what holds no secret.
             * @example https://booking.example.org
             */
            origin: string;
            /**
             * Format: date-time
             * @description When it was last asked for.
             */
            fetched_at: string | null;
            /**
             * Format: date-time
             * @description When it was last read as a whole; at least once an hour.
             */
            read_at: string | null;
            /**
             * @description Its events of the next 14 days that are bookings.
             * @example 14
             */
            events: number;
            /**
             * @description Those that are none: too long, or at a time that is booked already.
             * @example 0
             */
            skipped: number;
            /**
             * @description What was wrong the last time.
             * @example null
             */
            error: string | null;
        };
        CalendarAnswer: {
            /** @example true */
            success: boolean;
            /** @description `null`: the court has none. */
            calendar: components["schemas"]["CalendarView"] | null;
        };
        CreateWebhookDto: {
            /**
             * @description http or https. Write-only: of what may be a secret in it, nothing is ever shown.
             * @example https://hooks.example.org/padelvar?key=…
             */
            url: string;
            /**
             * @example [
             *       "recording.ready",
             *       "camera.offline"
             *     ]
             */
            events: ("recording.started" | "recording.stopped_by_itself" | "recording.ready" | "recording.failed" | "camera.offline" | "camera.online" | "booking.missed" | "highlight.ready")[];
            /**
             * @description One line.
             * @example Our booking site
             */
            description?: string;
        };
        WebhookView: {
            /** @example 5 */
            id: number;
            /** @example 1 */
            club_id: number;
            /**
             * @description Of its address, what holds no secret.
             * @example https://hooks.example.org
             */
            origin: string;
            /**
             * @example [
             *       "recording.ready",
             *       "camera.offline"
             *     ]
             */
            events: ("recording.started" | "recording.stopped_by_itself" | "recording.ready" | "recording.failed" | "camera.offline" | "camera.online" | "booking.missed" | "highlight.ready")[];
            /** @example Our booking site */
            description: string | null;
            /** @example true */
            enabled: boolean;
            /**
             * @description Where the service switched it off: it took nothing for five days, or said that it is gone (410).
             * @enum {string|null}
             */
            disabled_because: "failing" | "gone" | null;
            /**
             * Format: date-time
             * @description Since when it takes nothing; `null`: it took the last message.
             */
            failing_since: string | null;
            /** Format: date-time */
            created_at: string;
        };
        WebhookSecretAnswer: {
            /** @example true */
            success: boolean;
            webhook: components["schemas"]["WebhookView"];
            /**
             * @description What messages are signed with. Shown this once.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret: string;
        };
        WebhookListAnswer: {
            /** @example true */
            success: boolean;
            webhooks: components["schemas"]["WebhookView"][];
            /** @example 1 */
            count: number;
        };
        WebhookAnswer: {
            /** @example true */
            success: boolean;
            webhook: components["schemas"]["WebhookView"];
        };
        ChangeWebhookDto: {
            /**
             * @description Write-only.
             * @example https://hooks.example.org/padelvar
             */
            url?: string;
            /**
             * @example [
             *       "recording.ready",
             *       "camera.offline"
             *     ]
             */
            events?: ("recording.started" | "recording.stopped_by_itself" | "recording.ready" | "recording.failed" | "camera.offline" | "camera.online" | "booking.missed" | "highlight.ready")[];
            /** @example Our booking site */
            description?: string | null;
            /**
             * @description false: told nothing, until it is true again.
             * @example true
             */
            enabled?: boolean;
        };
        WebhookDeliveryView: {
            /** @example 812 */
            id: number;
            /**
             * Format: uuid
             * @description The `webhook-id` header; the same at each try.
             */
            message_id: string;
            /**
             * @example recording.ready
             * @enum {string}
             */
            type: "recording.started" | "recording.stopped_by_itself" | "recording.ready" | "recording.failed" | "camera.offline" | "camera.online" | "booking.missed" | "highlight.ready" | "ping";
            /**
             * @example delivered
             * @enum {string}
             */
            status: "pending" | "delivered" | "failed";
            /** @example 1 */
            attempts: number;
            /**
             * Format: date-time
             * @description While it is pending.
             */
            next_attempt_at: string | null;
            /** Format: date-time */
            last_attempt_at: string | null;
            /**
             * @description Of the last try; `null`: no answer came.
             * @example 200
             */
            response_status: number | null;
            /**
             * @description How long the last try took.
             * @example 143
             */
            duration_ms: number | null;
            /**
             * @description What was wrong with the last try.
             * @example null
             */
            error: string | null;
            /** @description The message, as it was sent. */
            body: Record<string, never>;
            /** Format: date-time */
            created_at: string;
        };
        DeliveryAnswer: {
            /** @example true */
            success: boolean;
            delivery: components["schemas"]["WebhookDeliveryView"];
        };
        DeliveryListAnswer: {
            /** @example true */
            success: boolean;
            /** @description Newest first; kept for 30 days. */
            deliveries: components["schemas"]["WebhookDeliveryView"][];
            /**
             * @description Of this page.
             * @example 20
             */
            count: number;
            /** @description For the next page; missing on the last one. */
            next_cursor?: string;
        };
        StorageView: {
            /** @enum {string} */
            kind: "s3" | "bunny";
            enabled: boolean;
            /** @example https://s3.eu-west-3.amazonaws.com */
            endpoint: string;
            /** @example padel/ */
            prefix: string;
            /** @example eu-west-3 */
            region: string | null;
            /** @example club-videos */
            bucket: string | null;
            path_style: boolean | null;
            /** @example null */
            storage_zone: string | null;
            /** @example null */
            pull_zone_url: string | null;
            /** @enum {string} */
            deliver: "proxy" | "redirect";
            /** @example 7 */
            keep_local_days: number | null;
            /** @example null */
            upload_mbit: number | null;
            /** Format: date-time */
            changed_at: string;
        };
        StorageCounts: {
            /** @description Videos that are still to be uploaded, or being uploaded. */
            waiting: number;
            /** @description Videos that are there, verified. */
            stored: number;
            /** @description Of these, those that are only there. */
            only_stored: number;
            /** @description Uploads that were given up: see the videos. */
            failed: number;
        };
        StorageAnswer: {
            /** @example true */
            success: boolean;
            /** @description `null`: the club keeps its videos here only. */
            storage: components["schemas"]["StorageView"] | null;
            counts: components["schemas"]["StorageCounts"];
        };
        SetStorageDto: {
            /**
             * @description `s3`: Amazon S3 and what speaks its language; `bunny`: bunny.net.
             * @example s3
             * @enum {string}
             */
            kind: "s3" | "bunny";
            /**
             * @description Off: nothing more is uploaded; what is there is read from there.
             * @default true
             */
            enabled?: boolean;
            /**
             * @description Scheme, host and port: of S3, or of the storage zone's region. HTTP only where the operator allows it.
             * @example https://s3.eu-west-3.amazonaws.com
             */
            endpoint: string;
            /**
             * @description Before every name. Empty, or folders of letters, digits, - and _, each with a slash behind it.
             * @default
             * @example padel/
             */
            prefix?: string;
            /**
             * @description S3.
             * @default us-east-1
             * @example eu-west-3
             */
            region?: string;
            /**
             * @description S3.
             * @example club-videos
             */
            bucket?: string;
            /**
             * @description S3. The bucket stands in the path (MinIO and most others) instead of in the host.
             * @default true
             */
            path_style?: boolean;
            /** @description S3. Write-only; needed for a new place. */
            access_key_id?: string;
            /** @description S3. Write-only; needed for a new place. */
            secret_access_key?: string;
            /**
             * @description Bunny: the name of the storage zone.
             * @example club-videos
             */
            storage_zone?: string;
            /** @description Bunny: the zone's password. Write-only; needed for a new place. */
            storage_password?: string;
            /**
             * @description Bunny: scheme and host of the pull zone, for `deliver: "redirect"`.
             * @example https://club.b-cdn.net
             */
            pull_zone_url?: string | null;
            /** @description Bunny: the pull zone's key for token authentication. Write-only. */
            pull_zone_key?: string;
            /**
             * @description `proxy`: files leave through this service; `redirect`: from the storage, by an address that is good for a while.
             * @default proxy
             * @enum {string}
             */
            deliver?: "proxy" | "redirect";
            /**
             * @description The file here goes so many days after its copy was verified; 0: at once; `null`: it stays.
             * @default null
             */
            keep_local_days?: number | null;
            /**
             * @description Uploads take no more, in Mbit/s; `null`: what there is.
             * @default null
             */
            upload_mbit?: number | null;
        };
        StorageTestAnswer: {
            /** @example true */
            success: boolean;
            /** @description A small file was written, read and deleted. */
            ok: boolean;
            /**
             * @description A stable word.
             * @example null
             * @enum {string|null}
             */
            fault: "storage_unreachable" | "storage_refused" | "storage_failed" | "storage_checksum" | "storage_missing" | "storage_unreadable" | null;
            /**
             * @description A sentence for people.
             * @example null
             */
            detail: string | null;
            /** @example 240 */
            duration_ms: number;
        };
        PreviewUrls: {
            /** @example /api/preview/5f0c…/stream.mjpeg */
            mjpeg: string;
            /** @example /api/preview/5f0c…/snapshot.jpg */
            snapshot: string;
            /**
             * @description A WebSocket: docs/live-protocol.md.
             * @example /api/preview/live
             */
            live: string;
            /**
             * @description Once something was recorded.
             * @example /api/preview/5f0c…/review.m3u8
             */
            review: string;
        };
        PreviewInfo: {
            /** Format: uuid */
            session_id: string;
            /** @enum {string} */
            status: "connecting" | "live" | "reconnecting" | "closed" | "failed";
            /** @description Pictures are coming now. */
            live: boolean;
            /** @enum {string|null} */
            codec: "h264" | "h265" | "mjpeg" | null;
            /**
             * @description The camera's, in pixels.
             * @example 1920
             */
            width: number | null;
            /** @example 1080 */
            height: number | null;
            /**
             * @description The camera's, measured.
             * @example 25
             */
            fps: number | null;
            /** @description MJPEG streams open now. */
            viewers: number;
            /**
             * @description MJPEG streams allowed at a time.
             * @example 5
             */
            max_viewers: number;
            /** @description WebSocket streams open now: video, pictures and tiles. */
            live_viewers: number;
            /**
             * @description WebSocket streams allowed at a time.
             * @example 200
             */
            max_live_viewers: number;
            /** @description `null` where the session is not open. */
            last_frame_age_ms: number | null;
            urls: components["schemas"]["PreviewUrls"];
            /** @description `null` where the session is not open. */
            health: components["schemas"]["SessionHealthView"] | null;
        };
        LiveTicketAnswer: {
            /**
             * @description Good once.
             * @example b64urlOf32RandomBytes-b64urlOf32RandomBytes0
             */
            ticket: string;
            /**
             * Format: date-time
             * @description 30 seconds from now.
             */
            expires_at: string;
        };
        PersonalData: {
            /** Format: date-time */
            exported_at: string;
            /**
             * @description A club whose admin set my password: what follows is of that club alone, until I choose my own. `null`: it is all.
             * @example null
             */
            only_club_id: number | null;
            /** @description Name, address, since when, last change of the password. */
            account: Record<string, never>;
            /** @description Clubs, and what they are there. */
            memberships: Record<string, never>[];
            /** @description Sign-ins: when, from where, with which browser. */
            sign_ins: Record<string, never>[];
            /** @description Matches they owned or took part in. */
            sessions: Record<string, never>[];
            /** @description Videos of these, with where to download them. */
            videos: Record<string, never>[];
            /** @description What they marked in matches. */
            markers: Record<string, never>[];
            /** @description Links by which they showed matches to others; not the links themselves. */
            shares: Record<string, never>[];
            /** @description Recordings that were planned by them, for them, or with them. */
            bookings: Record<string, never>[];
            /** @description Highlights that they made, and where their files are. */
            highlights: Record<string, never>[];
            /** @description What the audit trail says of them. */
            audit: Record<string, never>[];
            /**
             * @description true: a list was longer than what is given out at once.
             * @example false
             */
            cut: boolean;
        };
        ProofDto: {
            /** @example player@club.example */
            email: string;
            /** @example correct horse battery staple */
            password: string;
        };
        EraseMeDto: {
            /**
             * @description true: the videos of their matches stay, as nobody’s, until the club deletes them or they grow old.
             * @default false
             */
            keep_videos?: boolean;
            /** @example correct horse battery staple */
            password: string;
        };
        ErasedAnswer: {
            /** @example true */
            success: boolean;
            /**
             * @description Videos that were deleted with the account.
             * @example 3
             */
            deleted_videos: number;
        };
        EraseProvenDto: {
            /**
             * @description true: the videos of their matches stay, as nobody’s, until the club deletes them or they grow old.
             * @default false
             */
            keep_videos?: boolean;
            /** @example correct horse battery staple */
            password: string;
            /** @example player@club.example */
            email: string;
        };
        EraseUserDto: {
            /**
             * @description true: the videos of their matches stay, as nobody’s, until the club deletes them or they grow old.
             * @default false
             */
            keep_videos?: boolean;
        };
        CleanUpAnswer: {
            /** @example true */
            success: boolean;
            /** @description Sessions that were ended: recording over, nobody using them, or their process gone. */
            cleaned_sessions: number;
            /** @description Leftover FFmpeg processes of this service that were ended. */
            killed_processes: number;
            /** @description Videos deleted by age or quota. */
            deleted_videos: number;
            /** @description What these took. */
            deleted_bytes: number;
            /** @description Videos that are due too, but more than one run may delete. */
            postponed_videos: number;
            /** @description Files and recording folders that no row knows, moved to `VIDEOS_DIR/.quarantine`. */
            quarantined_files: number;
            /** @description Videos whose file is missing now. */
            missing_files: number;
            /** @description Videos whose file was missing and is back. */
            found_files: number;
            /** @description Files and thumbnails of deleted videos that a crash had left. */
            removed_files: number;
            /** @description Files removed from the trash. */
            emptied_files: number;
            /** @description Tasks that failed or raised an alarm; see health. */
            failed_tasks: ("orphan_sessions" | "orphan_processes" | "stuck_recordings" | "retention" | "files_and_rows" | "trash" | "disk_space" | "camera_keys" | "chapters" | "camera_watch" | "highlights" | "compression" | "old_jobs" | "bookings" | "auto_stop" | "booking_calendars" | "webhooks" | "storage")[];
            /** @description Tasks that another service process is doing now. */
            skipped_tasks: ("orphan_sessions" | "orphan_processes" | "stuck_recordings" | "retention" | "files_and_rows" | "trash" | "disk_space" | "camera_keys" | "chapters" | "camera_watch" | "highlights" | "compression" | "old_jobs" | "bookings" | "auto_stop" | "booking_calendars" | "webhooks" | "storage")[];
        };
        AuditActorView: {
            /** @example 12 */
            id: number;
            /** @example Front desk */
            name: string;
            /** @example desk@club.example */
            email: string;
        };
        AuditEntryView: {
            /** @example 4711 */
            id: number;
            /**
             * Format: date-time
             * @example 2026-05-01T18:04:05.678Z
             */
            at: string;
            /**
             * @description `null`: nobody known, or the service itself.
             * @example 12
             */
            actor_id: number | null;
            actor: components["schemas"]["AuditActorView"] | null;
            /** @example 1 */
            club_id: number | null;
            /** @example recording.started */
            action: string;
            /** @example 5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55 */
            target: string | null;
            /** @example 192.168.1.30 */
            ip: string | null;
            /**
             * @example {
             *       "duration_minutes": 90
             *     }
             */
            details: {
                [key: string]: unknown;
            };
        };
        AuditListAnswer: {
            /** @example true */
            success: boolean;
            /** @description Newest first. */
            entries: components["schemas"]["AuditEntryView"][];
            /** @example 50 */
            count: number;
            /** @description Hand it back as `cursor` for the next page; missing on the last one. */
            next_cursor?: string;
        };
        TaskView: {
            /** @enum {string} */
            name: "orphan_sessions" | "orphan_processes" | "stuck_recordings" | "retention" | "files_and_rows" | "trash" | "disk_space" | "camera_keys" | "chapters" | "camera_watch" | "highlights" | "compression" | "old_jobs" | "bookings" | "auto_stop" | "booking_calendars" | "webhooks" | "storage";
            /** @example 900 */
            every_seconds: number;
            /**
             * Format: date-time
             * @description `null`: it has not run yet.
             */
            last_run: string | null;
            /**
             * @description `skipped`: another process is doing it, and has not said yet how it went.
             * @enum {string|null}
             */
            outcome: "ok" | "failed" | "skipped" | null;
            duration_ms: number | null;
            /**
             * @example {
             *       "deleted_videos": 2,
             *       "deleted_bytes": 5402469134,
             *       "postponed_videos": 0
             *     }
             */
            result: {
                [key: string]: number;
            } | null;
            /** @example null */
            error: string | null;
        };
        AuditTrailView: {
            /** @description Its connections have no right to; `false`: see docs/security.md. */
            grant: boolean;
            /** @description The table refuses it to everybody. */
            trigger: boolean;
        };
        CameraKeysView: {
            /**
             * @description Sealed addresses or secrets (cameras, webhooks, calendars) that do not have the newest key yet.
             * @example 0
             */
            waiting: number;
            /**
             * @description Of these, sealed with a key that is not there: put it back.
             * @example 0
             */
            unreadable: number;
        };
        JobFiguresView: {
            /** @example 0 */
            waiting: number;
            /** @example 1 */
            active: number;
            /**
             * @description For good, within the last day.
             * @example 0
             */
            failed_last_day: number;
        };
        DiskView: {
            /** @example 500107862016 */
            free_bytes: number;
            /**
             * @description `DISK_RESERVE_MB`: below it no recording starts.
             * @example 1073741824
             */
            reserve_bytes: number;
            /**
             * @description What running recordings write now.
             * @example 1500000
             */
            write_bytes_per_second: number;
            /**
             * @description Until the reserve is reached at this rate; `null` while nothing records.
             * @example 92.41
             */
            hours_left: number | null;
        };
        HealthDetailsView: {
            uptime_seconds: number;
            /** @example v20.20.2 */
            node: string;
            rss_bytes: number;
            heap_used_bytes: number;
            /** @description Recordings whose newest state is not in the database yet. */
            unwritten_recordings: number;
            reconnecting_sessions: number;
            viewers: number;
            /** @description Viewers whose connection takes no more just now. */
            slow_viewers: number;
            /** @description What is done by the clock, and how it went last. */
            tasks: components["schemas"]["TaskView"][];
            /** @description `null` where the database does not answer. */
            audit_trail: components["schemas"]["AuditTrailView"] | null;
            /** @description `null` where the database does not answer. */
            camera_keys: components["schemas"]["CameraKeysView"] | null;
            /** @description `null` where the database does not answer. */
            jobs: components["schemas"]["JobFiguresView"] | null;
            /** @description `null` where the disk does not answer. */
            disk: components["schemas"]["DiskView"] | null;
        };
        HealthView: {
            /** @enum {string} */
            status: "ok" | "degraded" | "unavailable";
            /** @example true */
            ffmpeg_available: boolean;
            /** @enum {string} */
            database: "ok" | "unavailable";
            /** @example 3 */
            active_sessions: number;
            /** @example 2 */
            active_recordings: number;
            /** @example 10 */
            max_concurrent: number;
            details?: components["schemas"]["HealthDetailsView"];
        };
        /** @description RFC 9457 problem. `code` is stable; `error` repeats `detail` for older clients. */
        Problem: {
            /**
             * Format: uri-reference
             * @example /api/docs/errors#not_found
             */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @enum {string} */
            code: "validation_failed" | "malformed_json" | "unauthorized" | "forbidden" | "sharing_disabled" | "passphrase_required" | "passphrase_wrong" | "not_found" | "thumbnail_unavailable" | "player_not_found" | "method_not_allowed" | "terrain_in_session" | "already_recording" | "already_recorded" | "not_recording" | "in_use" | "email_taken" | "own_account" | "session_over" | "session_full" | "booking_overlap" | "booking_begun" | "booking_limit" | "webhook_limit" | "from_calendar" | "camera_limit" | "is_an_angle" | "marker_limit" | "share_limit" | "already_compressed" | "logo_missing" | "share_preparing" | "highlight_limit" | "highlight_not_ready" | "session_not_live" | "storage_in_use" | "storage_off" | "review_file_only" | "link_invalid" | "share_ended" | "payload_too_large" | "unsupported_media_type" | "range_not_satisfiable" | "misdirected_request" | "camera_address_forbidden" | "camera_scheme_unsupported" | "picture_unreadable" | "codec_unavailable" | "url_forbidden" | "session_limit" | "viewer_limit" | "too_many_attempts" | "internal_error" | "camera_unreachable" | "camera_unauthorized" | "camera_stream_not_found" | "camera_redirected" | "camera_unsupported" | "mail_failed" | "storage_unreachable" | "camera_timeout" | "database_unavailable" | "mail_not_configured" | "overloaded" | "shutting_down" | "disk_full";
            errors?: {
                field: string;
                message: string;
            }[];
            /** Format: uuid */
            session_id?: string;
            error: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    AuthController_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuthController_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuthController_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuthController_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnUserView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuthController_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuthController_club: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SwitchClubDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubsOverviewController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClubsOverviewAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtOverviewController_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtStatusAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtOverviewController_outages: {
        parameters: {
            query?: {
                /** @description How far to look back. */
                days?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtOutagesAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CameraDiscoveryController_discover: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiscoverCamerasDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveryAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubsController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClubListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubsController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateClubDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClubView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubsController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClubView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubsController_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubsController_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateClubDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClubView"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `codec_unavailable`: This service cannot code that */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubLogoController_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PNG of at most 512 pixels a side */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubLogoController_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/png": string;
                "image/jpeg": string;
                "image/webp": string;
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `picture_unreadable`: This picture cannot be read */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ClubLogoController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtCamerasController_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtCameraListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtCamerasController_add: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddCameraDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtCameraAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_limit`: The court has all the cameras it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed; `camera_scheme_unsupported`: This camera address has an unsupported scheme */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtCamerasController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                position: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtCamerasController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                position: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeCameraDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtCameraAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed; `camera_scheme_unsupported`: This camera address has an unsupported scheme */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtCamerasController_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                position: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CameraTestAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed; `camera_scheme_unsupported`: This camera address has an unsupported scheme */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_unreachable`: The camera cannot be reached; `camera_unauthorized`: The camera refuses its user name or password; `camera_stream_not_found`: The camera has no stream at this path; `camera_redirected`: The camera redirects elsewhere; `camera_unsupported`: The camera's stream is not supported */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_timeout`: The camera did not answer in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCourtDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed; `camera_scheme_unsupported`: This camera address has an unsupported scheme */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateCourtDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CourtView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed; `camera_scheme_unsupported`: This camera address has an unsupported scheme */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CameraTestAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed; `camera_scheme_unsupported`: This camera address has an unsupported scheme */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_unreachable`: The camera cannot be reached; `camera_unauthorized`: The camera refuses its user name or password; `camera_stream_not_found`: The camera has no stream at this path; `camera_redirected`: The camera redirects elsewhere; `camera_unsupported`: The camera's stream is not supported */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_timeout`: The camera did not answer in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtsController_snapshot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    UsersController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    UsersController_add: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateUserDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_taken`: This e-mail address has an account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    UsersController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    UsersController_remove: {
        parameters: {
            query?: {
                /** @description End the membership in this club only. */
                club_id?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use; `own_account`: Not on your own account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    UsersController_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUserDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_taken`: This e-mail address has an account; `own_account`: Not on your own account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    InvitationsController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    InvitationsController_invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InviteDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_taken`: This e-mail address has an account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `mail_failed`: The mail could not be sent */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    InvitationsController_withdraw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                invitationId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    InvitationsController_accept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AcceptInvitationDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_taken`: This e-mail address has an account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link_invalid`: This link is no longer good */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PasswordResetsController_forgot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgotPasswordDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailOnItsWayAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PasswordResetsController_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetPasswordDto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link_invalid`: This link is no longer good */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PasswordResetsController_handOut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AskResetDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResetAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `own_account`: Not on your own account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `mail_failed`: The mail could not be sent */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RegistrationController_facts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationFacts"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RegistrationController_register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailOnItsWayAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `mail_not_configured`: This service sends no mail; `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RegistrationController_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmRegistrationDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `link_invalid`: This link is no longer good */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SignInListsController_own: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SignInListsController_revokeOthers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SignInListsController_revokeOwn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SignInListsController_of: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SignInListsController_revokeOf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionPlayersController_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddPlayerDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `player_not_found`: No such player in this club */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `session_full`: The session has all the players it may have; `session_over`: The session is over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionPlayersController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlayerDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlayerRemovedAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `session_over`: The session is over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionPlayersController_join: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session_full`: The session has all the players it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionsController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSessionDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `terrain_in_session`: This court already has an open session */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_address_forbidden`: This camera address is not allowed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session_limit`: Too many open sessions */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_unreachable`: The camera cannot be reached; `camera_unauthorized`: The camera refuses its user name or password; `camera_stream_not_found`: The camera has no stream at this path; `camera_redirected`: The camera redirects elsewhere; `camera_unsupported`: The camera's stream is not supported */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `camera_timeout`: The camera did not answer in time */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionsController_close: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionIdDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `in_use`: Still in use */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionsController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description true: only sessions that are open now. */
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SessionsController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MediaUrlController_issue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaUrlDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaUrlAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MediaUrlController_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RecordingController_start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRecordingDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartRecordingAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `session_not_live`: The session is not live; `already_recording`: This session is already recording; `already_recorded`: This session has its recording */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `disk_full`: Not enough disk space */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RecordingController_extend: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExtendRecordingDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingStatusAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `not_recording`: Nothing is being recorded */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RecordingController_stop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StopRecordingDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StopRecordingAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `not_recording`: Nothing is being recorded */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    RecordingController_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingStatusAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ActivityController_of: {
        parameters: {
            query?: {
                /** @description Points wanted at most, each the mean of its seconds. Default: a point a second. */
                buckets?: number;
            };
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ActivityController_keep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeepAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `not_recording`: Nothing is being recorded */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    FilesController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description Default: the active club; SUPER_ADMIN: all. */
                club_id?: number;
                /** @description Of this court. */
                terrain_id?: number;
                /** @description Of matches this person owned or took part in, among those the caller may see. */
                user_id?: number;
                /** @description `created_at` not before this moment. */
                from?: string;
                /** @description `created_at` before this moment. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VideoListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    FilesController_stats: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all. */
                club_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VideoStatsAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    FilesController_one: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all. */
                club_id?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VideoAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    FilesController_download: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all. */
                club_id?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range_not_satisfiable`: Range not satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    FilesController_thumbnail: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all. */
                club_id?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `thumbnail_unavailable`: No thumbnail can be made of this video */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    FilesController_delete: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all. */
                club_id?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CompressionController_compress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompressDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompressionAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_compressed`: This video is compressed already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `codec_unavailable`: This service cannot code that */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    JobsController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description Default: the active club; SUPER_ADMIN: all, and those of no club. */
                club_id?: number;
                state?: "waiting" | "active" | "done" | "failed" | "cancelled";
                /** @description Which kind of work. */
                kind?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    JobsController_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MarkersController_list: {
        parameters: {
            query: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                session_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkerListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MarkersController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateMarkerDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkerAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `not_recording`: Nothing is being recorded; `marker_limit`: The session has all the markers it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MarkersController_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_recording`: Nothing is being recorded */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    MarkersController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMarkerDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkerAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_recording`: Nothing is being recorded */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_list: {
        parameters: {
            query: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                session_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HighlightListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateHighlightDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HighlightAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `not_recording`: Nothing is being recorded; `highlight_limit`: The session has all highlights it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `disk_full`: Not enough disk space */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HighlightAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeHighlightDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HighlightAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `highlight_not_ready`: The highlight is not made yet */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range_not_satisfiable`: Range not satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HighlightsController_thumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `thumbnail_unavailable`: No thumbnail can be made of this video */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `highlight_not_ready`: The highlight is not made yet */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtButtonsController_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ButtonKeyAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtButtonsController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CourtButtonsController_press: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PressDto"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PressedAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_recording`: Nothing is being recorded; `highlight_limit`: The session has all highlights it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `disk_full`: Not enough disk space */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SharesController_list: {
        parameters: {
            query: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                session_id: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SharesController_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateShareDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `sharing_disabled`: This club shares no matches */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `is_an_angle`: This is an angle of a match; `highlight_not_ready`: The highlight is not made yet; `share_limit`: The match has all the links it may have; `logo_missing`: The club has no logo */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SharesController_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    SharePageController_page: {
        parameters: {
            query?: {
                lang?: "en" | "fr";
            };
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ShareMediaController_open: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OpenShareDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareOpenedAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `passphrase_wrong`: This is not the pass-phrase */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ShareMediaController_video: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `passphrase_required`: This share has a pass-phrase */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_preparing`: The film of this share is not ready */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range_not_satisfiable`: Range not satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `viewer_limit`: Too many viewers */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ShareMediaController_download: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `passphrase_required`: This share has a pass-phrase; `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_preparing`: The film of this share is not ready */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range_not_satisfiable`: Range not satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `viewer_limit`: Too many viewers */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ShareMediaController_poster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `passphrase_required`: This share has a pass-phrase */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `thumbnail_unavailable`: No thumbnail can be made of this video */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ShareMediaController_card: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `passphrase_required`: This share has a pass-phrase */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `thumbnail_unavailable`: No thumbnail can be made of this video */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ShareMediaController_logo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": string;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `passphrase_required`: This share has a pass-phrase */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `share_ended`: This match is no longer shared */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    BookingsController_list: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
                /** @description A day of the club’s own calendar. Left out: everything that is not over yet. */
                day?: string;
                /** @description Of this court alone. */
                terrain_id?: number;
            };
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    BookingsController_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateBookingDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `booking_overlap`: This court is booked at that time; `booking_limit`: You have all the bookings you may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    BookingsController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    BookingsController_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `booking_begun`: This booking has begun, or is over; `from_calendar`: This booking comes from a calendar */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    BookingsController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeBookingDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `booking_overlap`: This court is booked at that time; `booking_begun`: This booking has begun, or is over; `from_calendar`: This booking comes from a calendar */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CalendarsController_see: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CalendarsController_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetCalendarDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `url_forbidden`: This address is not allowed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CalendarsController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_create: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookDto"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecretAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `webhook_limit`: The club has all the webhooks it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `url_forbidden`: This address is not allowed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeWebhookDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `url_forbidden`: This address is not allowed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecretAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_ping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_log: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                clubId: number;
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    WebhooksController_redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
                id: number;
                deliveryId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    StorageController_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    StorageController_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetStorageDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_in_use`: Videos are in this storage */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `url_forbidden`: This address is not allowed */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    StorageController_remove: {
        parameters: {
            query?: {
                /** @description Copies that are there stay there, for you to delete. Only where every video has its file here too. */
                forget?: "true" | "false";
            };
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_in_use`: Videos are in this storage */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    StorageController_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                clubId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageTestAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    UploadsController_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoneAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage_off`: The club keeps its videos here only */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PreviewController_stream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JPEGs, one a part */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "multipart/x-mixed-replace": string;
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session_not_live`: The session is not live */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `viewer_limit`: Too many viewers */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PreviewController_snapshot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session_not_live`: The session is not live */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PreviewController_info: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewInfo"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ReviewController_playlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A media playlist */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apple.mpegurl": string;
                };
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_recording`: Nothing is being recorded; `review_file_only`: This recording is played as its file */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ReviewController_init: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                part: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `ftyp` and `moov` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                };
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_recording`: Nothing is being recorded; `review_file_only`: This recording is played as its file */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ReviewController_media: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                part: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All there is by now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "video/mp4": string;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not changed since */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_recording`: Nothing is being recorded; `review_file_only`: This recording is played as its file */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `range_not_satisfiable`: Range not satisfiable */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    LiveTicketController_issue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveTicketAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PrivacyController_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalData"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PrivacyController_exportProven: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProofDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalData"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PrivacyController_eraseMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseMeDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasedAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use; `own_account`: Not on your own account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PrivacyController_eraseProven: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseProvenDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasedAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use; `own_account`: Not on your own account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_attempts`: Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `overloaded`: The service is overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    PrivacyController_eraseUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseUserDto"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasedAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_use`: Still in use; `own_account`: Not on your own account */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    CleanUpController_cleanUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleanUpAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuditController_list: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all, those of no club too. */
                club_id?: number;
                /** @description An action, `recording.started`, or all that begin alike where it ends in a dot: `recording.` */
                action?: string;
                /** @description Who did it. */
                actor_id?: number;
                /** @description What it was done to: `user:12`, `court:3`, `club:1`, or the id of a session. */
                target?: string;
                /** @description Not before this moment. */
                from?: string;
                /** @description Before this moment. */
                to?: string;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditListAnswer"];
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    AuditController_export: {
        parameters: {
            query?: {
                /** @description Default: the active club; SUPER_ADMIN: all, those of no club too. */
                club_id?: number;
                /** @description An action, `recording.started`, or all that begin alike where it ends in a dot: `recording.` */
                action?: string;
                /** @description Who did it. */
                actor_id?: number;
                /** @description What it was done to: `user:12`, `court:3`, `club:1`, or the id of a session. */
                target?: string;
                /** @description Not before this moment. */
                from?: string;
                /** @description Before this moment. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example "id","at","actor_id","actor_name","actor_email","club_id","action","target","ip","details"
                     *     "4711","2026-05-01T18:04:05.678Z","12","Front desk","desk@club.example","1","court.changed","court:3","192.168.1.30",""
                     */
                    "text/csv": string;
                };
            };
            /** @description `validation_failed`: The request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HealthController_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "ffmpeg_available": true,
                     *       "database": "ok",
                     *       "active_sessions": 3,
                     *       "active_recordings": 2,
                     *       "max_concurrent": 10
                     *     }
                     */
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away; running recordings go on */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "unavailable",
                     *       "ffmpeg_available": true,
                     *       "database": "unavailable",
                     *       "active_sessions": 3,
                     *       "active_recordings": 2,
                     *       "max_concurrent": 10
                     *     }
                     */
                    "application/json": components["schemas"]["HealthView"];
                };
            };
        };
    };
    HealthController_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "live"
                     *     }
                     */
                    "application/json": unknown;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    HealthController_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready"
                     *     }
                     */
                    "application/json": unknown;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not now: `shutting_down`, `database_unavailable` or `ffmpeg_missing`; running recordings go on */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "unready",
                     *       "reason": "shutting_down"
                     *     }
                     */
                    "application/json": unknown;
                };
            };
        };
    };
    MetricsController_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Described in `docs/metrics.md`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `validation_failed`: The request is malformed; `malformed_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: Your role does not allow this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `database_unavailable`: The database is unavailable; `overloaded`: The service is overloaded; `shutting_down`: The service is shutting down */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
