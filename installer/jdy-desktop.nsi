; Windows installer around the PyInstaller folder: makensis -INPUTCHARSET UTF8 -DVERSION=0.1.0 installer\jdy-desktop.nsi
; Installs for the current user: no administrator at the stall is needed. The books stay when the program goes.
Unicode true
SetCompressor /SOLID lzma
!include "MUI2.nsh"

!ifndef VERSION
  !define VERSION "0.0.0"
!endif
!ifndef SOURCE
  !define SOURCE "..\dist\jdy-desktop"
!endif
!ifndef TARGET
  !define TARGET "..\dist\jdy-desktop-${VERSION}-setup.exe"
!endif
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\jdy-desktop"

Name "档口进销存 ${VERSION}"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\Programs\jdy-desktop"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
RequestExecutionLevel user

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\jdy-desktop.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

Section "jdy-desktop"
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\_internal" ; what an older version left; the books lie elsewhere
  File /r "${SOURCE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\档口进销存.lnk" "$INSTDIR\jdy-desktop.exe"
  CreateShortcut "$DESKTOP\档口进销存.lnk" "$INSTDIR\jdy-desktop.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "档口进销存"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\jdy-desktop.exe"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  Delete "$SMPROGRAMS\档口进销存.lnk"
  Delete "$DESKTOP\档口进销存.lnk"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\jdy-desktop.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${KEY}"
SectionEnd
