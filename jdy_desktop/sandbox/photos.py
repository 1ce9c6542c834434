"""The photo bank."""

from __future__ import annotations

from typing import Any

from jdy_desktop.sandbox.gateway import Call, param_missing

LIMIT = 2 * 1024 * 1024
ALBUM_ID = 62_810_001
_KINDS = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"), (b"BM", "bmp"))


def _no(code: str, text: str) -> dict[str, Any]:
    return {"success": False, "errorCode": code, "errorMsg": text}


def photo_add(call: Call) -> Any:
    """The bytes come as a multipart part that is not signed; at most 2 MB of jpg, gif, bmp or png."""
    data = call.files.get("imageBytes")
    album, name = call.whole("albumID"), call.text("name")
    if data is None:
        raise param_missing("imageBytes")
    kind = next((kind for magic, kind in _KINDS if data.startswith(magic)), "")
    if album != ALBUM_ID:
        return _no("ALBUM_NOT_EXIST", "相册不存在")
    if not name or len(name) > 30:
        return _no("NAME_INVALID", "图片名称不能为空，且不能超过30个汉字")
    if len(data) > LIMIT:
        return _no("IMAGE_TOO_LARGE", "图片大小不能超过2M")
    if not kind:
        return _no("IMAGE_TYPE_INVALID", "图片格式仅支持jpg、jpeg、gif、bmp、png")
    if call.world.faults.take("photo_refused", call.api):
        return _no("ALBUM_FULL", "相册空间已满")
    number = 9_326_000_000 + call.world.next_number()
    path = f"img/ibank/2019/upload/{number}_{call.account.user_id}.{kind}"
    call.world.photos[path] = data
    return {"image": {"id": number, "albumID": album, "name": name, "url": path}, "success": True}


def album_list(call: Call) -> Any:
    album = {"id": ALBUM_ID, "name": "我的相册", "type": call.params.get("albumType", "MY"), "imageCount": 0}
    return {"albumInfos": [album], "success": True}
