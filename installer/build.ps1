# Windows: environment, bundle and installer, from a checkout. Needs Python 3.11 or newer (py.exe) and NSIS 3 (makensis on PATH).
#   powershell -ExecutionPolicy Bypass -File installer\build.ps1
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..")

function Invoke-Checked([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE" }
}

$python = ".venv\Scripts\python.exe"
if (-not (Test-Path $python)) { Invoke-Checked "py" @("-3", "-m", "venv", ".venv") }
Invoke-Checked $python @("-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock")
Invoke-Checked $python @("-m", "pip", "install", "--quiet", "--upgrade", "--target", "build\pyinstaller",
    "--require-hashes", "--only-binary", ":all:", "-r", "installer\requirements.lock")
Invoke-Checked $python @("installer\make_icon.py")

$env:PYTHONPATH = "build\pyinstaller"
Invoke-Checked $python @("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
    "--distpath", "dist", "--workpath", "build\pyinstaller-work", "installer\jdy-desktop.spec")
$env:PYTHONPATH = ""

$version = & $python -c "import jdy_desktop; print(jdy_desktop.__version__)"
Invoke-Checked "makensis" @("-V2", "-INPUTCHARSET", "UTF8", "-DVERSION=$version", "installer\jdy-desktop.nsi")
