"""An RTSP camera out of GStreamer's RTSP server.

Reads its settings as one line of JSON from standard input (so that no password stands in its arguments), binds
127.0.0.1, prints "port <n>" when it is ready, and ends when standard input ends.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

settings = json.loads(sys.stdin.readline())
Gst.init(None)
loop = GLib.MainLoop()

raw_format = ""
gop = settings["fps"] * settings["gop_seconds"]
b_frames = settings["b_frames"]
if settings["codec"] == "mjpeg":
    raw_format = ",format=" + {"4:2:0": "I420", "4:2:2": "Y42B"}[settings["sampling"]]
    encoder = "jpegenc ! rtpjpegpay name=pay0 pt=26"
elif settings["codec"] == "h265":
    encoder = (
        f"x265enc speed-preset=ultrafast key-int-max={int(gop)} bitrate={settings['bitrate'] // 1000} "
        f"option-string=bframes={b_frames}:log-level=none "
        "! h265parse ! rtph265pay name=pay0 pt=98 config-interval=-1"
    )
else:
    encoder = (
        f"x264enc speed-preset=ultrafast key-int-max={int(gop)} bitrate={settings['bitrate'] // 1000} "
        f"bframes={b_frames} b-adapt=false "
        + ("" if b_frames else "tune=zerolatency ")
        + f"! video/x-h264,profile={settings['profile']} ! rtph264pay name=pay0 pt=96 config-interval=-1"
    )
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( videotestsrc is-live=true pattern=ball "
    f"! video/x-raw,width={settings['width']},height={settings['height']},framerate={settings['fps']}/1{raw_format} "
    f"! {encoder} )"
)
factory.set_shared(True)

server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(str(settings["port"]))
if settings["auth"] != "none":
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if settings["auth"] == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(settings["username"], settings["password"], token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(settings["username"], settings["password"]), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory(settings["path"], factory)
server.attach(None)


def clean_sessions():
    """Drops sessions whose clients are gone; the server leaves that to its program."""
    server.get_session_pool().cleanup()
    return True


def on_input(_channel, _condition):
    """Standard input only ever ends: the program that started us is gone or wants us gone."""
    loop.quit()
    return False


GLib.timeout_add_seconds(2, clean_sessions)
GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP | GLib.IOCondition.IN, on_input)
print(f"port {server.get_bound_port()}", flush=True)
loop.run()
