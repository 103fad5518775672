# A login shell resets PATH; this is the image's again.
export PATH=/home/agent/.local/bin:/usr/local/bin:/usr/bin:/bin
if [ -n "${BASH_VERSION-}" ]; then
  PS1='\[\e[1;35m\]double\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
fi
